/** How long to wait after a failure: full jitter over an exponentially growing bound, both in ms. */
export type BackoffPolicy = { readonly baseMs: number; readonly capMs: number }

export const BACKOFF = {
  /** Nothing was sent: asking again costs the CRM nothing, and an outage should end for us soon after it ends. */
  unreachable: { baseMs: 500, capMs: 15_000 },
  /** As many deliveries are under way as the CRM is given: most of them take a second or two. */
  noSlot: { baseMs: 2_000, capMs: 2_000 },
  /** Somebody else is at work on the subject, for a second or, if they died, for the rest of their lease. */
  busySubject: { baseMs: 1_000, capMs: 15_000 },
  /** Turned away because it is busy. */
  busy: { baseMs: 2_000, capMs: 15 * 60_000 },
  /** It answered with an error, or did not answer. */
  failing: { baseMs: 5_000, capMs: 2 * 60 * 60_000 },
} satisfies Record<string, BackoffPolicy>

/**
 * Delay before the try after `attempts` earlier ones. Full jitter spreads a thousand events that failed together
 * over the whole bound. `random` returns a number in [0, 1).
 */
export function backoffMs(policy: BackoffPolicy, attempts: number, random: () => number): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempts, 30))
  return Math.ceil(random() * bound)
}
