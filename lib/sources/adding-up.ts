import { sumOfParts } from '../events/order-sum.ts'
import type { Big } from '../values/money.ts'

type Parts = Parameters<typeof sumOfParts>[0]

/** Of several ways to read the same amounts the first that comes to the total, else the last. */
export function addingUp<P extends Parts>(ways: readonly [...P[], P], total: Big): P {
  const [last] = ways.slice(-1) as [P]
  return ways.find((way) => sumOfParts(way).eq(total)) ?? last
}
