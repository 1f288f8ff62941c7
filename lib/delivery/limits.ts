/** The times that make "may still be under way" a question with an answer. All in ms. */
export type CrmTimes = {
  /** A request is aborted after this long. */
  readonly requestTimeoutMs: number
  /** Longer than the CRM itself ever works on one request, however slow. */
  readonly longestRequestMs: number
  /** From the intent in the ledger to the request on the wire. */
  readonly sendWindowMs: number
}

/** Time left for this try, on a monotonic clock. */
export type Deadline = { remainingMs(): number }

/** A deadline `budgetMs` from now, or the given one, whichever comes first. */
export function earlier(deadline: Deadline, budgetMs: number, monotonicMs: () => number): Deadline {
  const end = monotonicMs() + budgetMs
  return { remainingMs: () => Math.min(deadline.remainingMs(), end - monotonicMs()) }
}

/** A lease lasts this much beyond what is left of its invocation, so that nobody takes over while it may still be working. */
export const LEASE_MARGIN_MS = 5_000

/**
 * For so long a slot of the same process is waited for: a form is answered at once rather than queued, and what is due takes
 * its turn behind new deliveries instead of waiting for ever.
 */
export const SLOT_WAIT_MS = 500

/** Kept for the last ledger writes and the answer. */
export const RESERVE_MS = 500

/** When a write sent by `sendBy` can no longer change the CRM. */
export function quarantineEnd(sendBy: number, times: CrmTimes): number {
  return sendBy + times.requestTimeoutMs + times.longestRequestMs
}
