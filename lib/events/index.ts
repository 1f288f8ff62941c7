import type { AutomationRun } from './automation-run.ts'
import type { FormSubmission } from './form-submission.ts'
import type { Order } from './order.ts'

/** What happened outside, in our own words. */
export type CanonicalEvent = AutomationRun | FormSubmission | Order

/** Decided by a source: nothing the CRM should know about. `reason` is a short code such as `honeypot`. */
export type Ignored = { readonly kind: 'ignored'; readonly reason: string }

/**
 * All that is known of one subject: the sender's latest full state, and what has happened besides, in no order. An event is
 * absent when its payload is not kept any more; that it happened is known longer.
 */
export type Story<E extends CanonicalEvent = CanonicalEvent> = {
  readonly snapshot?: E
  readonly facts: readonly { readonly name: string; readonly event?: E }[]
}
