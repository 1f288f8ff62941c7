import type { BoundRecord } from '../crm/journal.ts'

/** The record each step of the plan stands for, by the step's `as`. */
export type Bindings = Readonly<Record<string, BoundRecord>>

/** Why an event is not done. `code` is short and safe to log; `message` and `issues` may quote what was sent. */
export type Reason = {
  readonly code: string
  readonly message: string
  readonly issues?: readonly string[] | undefined
}

/** What became of one try to deliver one event. */
export type Outcome =
  | { readonly kind: 'done'; readonly bindings: Bindings }
  | { readonly kind: 'ignored'; readonly reason: Reason }
  | { readonly kind: 'parked'; readonly reason: Reason }
  /** `notBefore` in the store's time. */
  | { readonly kind: 'retry-later'; readonly notBefore: number; readonly reason: Reason }
  | { readonly kind: 'duplicate'; readonly first: FinishedOutcome | undefined }

export type FinishedOutcome = Extract<Outcome, { kind: 'done' | 'ignored' | 'parked' }>
