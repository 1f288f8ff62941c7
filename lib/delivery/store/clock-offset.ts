/** One answer of the store: its `Date` header, and on our monotonic clock when it was asked for and when it came. */
export type Observation = { readonly date: number; readonly sentAt: number; readonly receivedAt: number }

/** The store's clock minus our monotonic one lies between `low` and `high`, as known at `at` of the latter; all in ms. */
export type OffsetBounds = { readonly low: number; readonly high: number; readonly at: number }

/** Time of a store that is asked over HTTP. */
export type StoreClock = {
  now(): number
  observe(observation: Observation): void
  /** The clock `sentAt` and `receivedAt` are read from. */
  monotonic(): number
}

/** `Date` has whole seconds. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
const DATE_RESOLUTION_MS = 1000
/** The most a kernel slews its clock to follow NTP (500 ppm, adjtimex(2)): what was learnt is widened by this. */
const DRIFT = 0.0005

/** The store's clock, estimated from its answers; this machine's until the first of them. */
export function storeClock(
  monotonic: () => number = () => performance.now(),
  wall: () => number = Date.now,
): StoreClock {
  let bounds: OffsetBounds | undefined
  return {
    monotonic,
    now: () => (bounds === undefined ? wall() : Math.round(monotonic() + offsetOf(bounds))),
    observe: (observation) => {
      bounds = narrow(bounds, observation)
    },
  }
}

/** The middle of the bounds: never further from the truth than half their width. */
export function offsetOf({ low, high }: OffsetBounds): number {
  return (low + high) / 2
}

/**
 * What is known after one more answer. It was written between `sentAt` and `receivedAt`, when the store's clock was in
 * the second that `Date` names. An answer that contradicts the earlier ones (a clock was set, this process was
 * frozen) replaces them.
 */
export function narrow(known: OffsetBounds | undefined, observation: Observation): OffsetBounds {
  const { date, sentAt, receivedAt } = observation
  const slack = DRIFT * (receivedAt - sentAt)
  const told = {
    low: date - receivedAt - slack,
    high: date + DATE_RESOLUTION_MS - sentAt + slack,
    at: receivedAt,
  }
  if (known === undefined) return told
  const drifted = DRIFT * Math.abs(receivedAt - known.at)
  const low = Math.max(told.low, known.low - drifted)
  const high = Math.min(told.high, known.high + drifted)
  return low <= high ? { low, high, at: receivedAt } : told
}
