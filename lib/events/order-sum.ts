import { Big, decimalText, sumOf, ZERO } from '../values/money.ts'
import type { OrderSnapshot } from './order.ts'

type Parts = Pick<
  OrderSnapshot,
  'lines' | 'shipping' | 'fees' | 'discounts' | 'tax' | 'amountsIncludeTax' | 'adjustment'
>

/** What the parts of an order come to, its adjustment included. */
export function sumOfParts(order: Parts): Big {
  const { lines, shipping, fees, discounts, tax, amountsIncludeTax, adjustment } = order
  const parts = sumOf([
    ...lines.map((line) => new Big(line.total)),
    ...[...shipping, ...fees].map((charge) => new Big(charge.amount)),
    new Big(adjustment?.amount ?? ZERO),
  ])
  const gross = amountsIncludeTax ? parts : parts.plus(tax)
  return gross.minus(sumOf(discounts.map(({ amount }) => new Big(amount))))
}

/** The order with what is missing between its parts and its total as an adjustment; as it is when nothing is missing. */
export function withAdjustment(order: OrderSnapshot, reason: string): OrderSnapshot {
  const missing = new Big(order.total).minus(sumOfParts(order))
  return missing.eq(0) ? order : { ...order, adjustment: { amount: decimalText(missing), reason } }
}
