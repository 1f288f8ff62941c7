import type { BoundRecord } from '../crm/journal.ts'

/** The record each step of the plan stands for, by the step's `as`. */
export type Bindings = Readonly<Record<string, BoundRecord>>

/** What became of each step of the plan, in a word; with the names of fields that are people's and were left alone. */
export type Effects = Readonly<Record<string, string>>

/** Why an event is not done. `code` is short and safe to log; `message` and `issues` may quote what was sent. */
export type Reason = {
  readonly code: string
  readonly message: string
  readonly issues?: readonly string[] | undefined
}

/** Tried again, not before `notBefore` in the store's time. */
export type RetryLater = {
  readonly kind: 'retry-later'
  readonly notBefore: number
  readonly reason: Reason
  /** `message`: put on the retry queue; `index`: nobody is woken for it, whoever looks for what is due finds it. */
  readonly by: 'message' | 'index'
  /** A message all the same, after this long: it may be that nobody looks. */
  readonly messageAfterMs?: number
  /** Whether it counts as a try that failed. */
  readonly burns: boolean
}

export type FinishedOutcome =
  | { readonly kind: 'done'; readonly bindings: Bindings; readonly effects: Effects }
  /** A newer state of its subject has been delivered already. */
  | { readonly kind: 'stale'; readonly reason: Reason }
  | { readonly kind: 'ignored'; readonly reason: Reason }
  | { readonly kind: 'parked'; readonly reason: Reason }

/** What became of one try to deliver one event. */
export type TryOutcome = FinishedOutcome | RetryLater

/** What became of a delivery: of a duplicate the first has been, or is being, delivered. */
export type Outcome = TryOutcome | { readonly kind: 'duplicate'; readonly first: FinishedOutcome | undefined }
