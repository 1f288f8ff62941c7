import type { Pipe } from '../../delivery/pipe.ts'
import { type EventRecord, isFinished } from '../../delivery/records.ts'

const HOUR_MS = 60 * 60_000
/** The chart has one bar for so many hours. */
export const HOURS_A_BAR = 2
const SLOWEST = 5

export type Parked = { readonly reason: string; readonly count: number }
export type Slow = { readonly id: string; readonly ms: number }

/** What a span of time has brought. Nothing in it is personal. */
export type Counts = {
  readonly received: number
  readonly done: number
  readonly ignored: number
  readonly waiting: number
  readonly parked: readonly Parked[]
  /** The longest from received to done. */
  readonly slowest: readonly Slow[]
  /** Received, in steps of HOURS_A_BAR, the oldest first. */
  readonly bars: readonly number[]
}

/** Reads the whole ledger once. Throws StoreUnavailableError. */
export async function countEvents({ ledger }: Pipe, from: number, until: number): Promise<Counts> {
  const bars = Array.from({ length: Math.ceil((until - from) / (HOURS_A_BAR * HOUR_MS)) }, () => 0)
  const reasons = new Map<string, number>()
  let [received, done, ignored, waiting] = [0, 0, 0, 0]
  let slowest: Slow[] = []
  for await (const event of ledger.events()) {
    if (event.receivedAt < from || event.receivedAt >= until) continue
    received += 1
    const bar = Math.floor((event.receivedAt - from) / (HOURS_A_BAR * HOUR_MS))
    bars[bar] = (bars[bar] ?? 0) + 1
    if (event.state === 'done') done += 1
    if (event.state === 'ignored' || event.state === 'stale') ignored += 1
    if (!isFinished(event)) waiting += 1
    const { code = 'unknown' } = event.reason ?? {}
    if (event.state === 'parked') reasons.set(code, (reasons.get(code) ?? 0) + 1)
    if (event.state === 'done') slowest = withSlow(slowest, event)
  }
  const parked = [...reasons].map(([reason, count]) => ({ reason, count }))
  return { received, done, ignored, waiting, parked, slowest, bars }
}

function withSlow(slowest: readonly Slow[], { id, receivedAt, history }: EventRecord): Slow[] {
  const last = history.at(-1)
  const ms = last === undefined ? 0 : last.at + last.ms - receivedAt
  return [...slowest, { id, ms }].toSorted((one, other) => other.ms - one.ms).slice(0, SLOWEST)
}
