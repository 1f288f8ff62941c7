/** One answer of the store: its `Date` header, and on our monotonic clock when it was asked for and when it came. */
export type Observation = { readonly date: number; readonly sentAt: number; readonly receivedAt: number }

/** What is known of the store's clock minus our monotonic one, in ms, at the moment `at` of the latter. */
export type Offset = {
  readonly low: number
  readonly high: number
  readonly at: number
  /** What we take it for: between the two. */
  readonly estimate: number
}

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
  let offset: Offset | undefined
  return {
    monotonic,
    now: () => (offset === undefined ? wall() : Math.round(monotonic() + offset.estimate)),
    observe: (observation) => {
      offset = narrow(offset, observation)
    },
  }
}

/**
 * What is known after one more answer. It was written between `sentAt` and `receivedAt`, when the store's clock was in
 * the second that `Date` names. The first estimate is the middle of that; later ones move only as far as they must, so
 * that none is further from the truth than the one before. An answer that contradicts the earlier ones (a clock was
 * set, this process was frozen, one server of many is a little off) replaces them.
 */
export function narrow(known: Offset | undefined, observation: Observation): Offset {
  const { date, sentAt, receivedAt: at } = observation
  const slack = DRIFT * (at - sentAt)
  const told = { low: date - at - slack, high: date + DATE_RESOLUTION_MS - sentAt + slack, at }
  if (known === undefined) return { ...told, estimate: (told.low + told.high) / 2 }
  const drifted = DRIFT * Math.abs(at - known.at)
  const low = Math.max(told.low, known.low - drifted)
  const high = Math.min(told.high, known.high + drifted)
  const bounds = low <= high ? { low, high, at } : told
  return { ...bounds, estimate: Math.min(bounds.high, Math.max(bounds.low, known.estimate)) }
}
