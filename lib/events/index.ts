import type { FormSubmission } from './form-submission.ts'

/** What happened outside, in our own words. */
export type CanonicalEvent = FormSubmission

/** Decided by a source: nothing the CRM should know about. `reason` is a short code such as `honeypot`. */
export type Ignored = { readonly kind: 'ignored'; readonly reason: string }
