/** Whether a request that failed may have changed the CRM. */
export type Committed = 'no' | 'perhaps' | 'exists'

type Details = {
  readonly status?: number
  readonly retryAfterMs?: number
  readonly said?: readonly string[]
  readonly cause?: unknown
}

/** Base of every failure of a CRM request. The class is the decision; the other members are the evidence. */
export abstract class CrmError extends Error {
  abstract readonly committed: Committed
  abstract readonly retry: boolean
  readonly status?: number
  readonly retryAfterMs?: number
  /** What the CRM said: its `$diagnoses`, a line each, or the text of its page. Without the values that were sent. */
  readonly said: readonly string[]
  constructor(message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.said = details.said ?? []
    if (details.status !== undefined) this.status = details.status
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs
  }
}

/** The request never reached the CRM: DNS, connection refused, TLS handshake not begun, send window closed. */
export class CrmUnreachableError extends CrmError {
  override readonly name = 'CrmUnreachableError'
  readonly committed = 'no'
  readonly retry = true
}

/** 429, or 503 with Retry-After: turned away before any work was done. */
export class CrmBusyError extends CrmError {
  override readonly name = 'CrmBusyError'
  readonly committed = 'no'
  readonly retry = true
}

/** Reset, timeout, other 5xx, an answer that cannot be read: the write may have been committed. */
export class CrmAmbiguousError extends CrmError {
  override readonly name = 'CrmAmbiguousError'
  readonly committed = 'perhaps'
  readonly retry = true
}

/** 400, 422 and values the prototypes forbid: the same request will never be accepted. `issues` name field and rule. */
export class CrmRejectedError extends CrmError {
  override readonly name: string = 'CrmRejectedError'
  readonly committed = 'no'
  readonly retry = false
  readonly issues: readonly string[]
  constructor(message: string, issues: readonly string[], details: Details = {}) {
    super(message, details)
    this.issues = issues
  }
}

/** The CRM makes other totals of the lines than were sent. `issues` is a table, a line each. */
export class TotalsDifferError extends CrmRejectedError {
  override readonly name: string = 'TotalsDifferError'
}

/** 404 or 410: no such record or resource. */
export class CrmNotFoundError extends CrmError {
  override readonly name = 'CrmNotFoundError'
  readonly committed = 'no'
  readonly retry = false
}

/** 409, or SQL Server's words for it: a unique index says the record is there already; look it up and adopt it. */
export class CrmConflictError extends CrmError {
  override readonly name = 'CrmConflictError'
  readonly committed = 'exists'
  readonly retry = true
}

/** 403: this user may not do this. */
export class CrmForbiddenError extends CrmError {
  override readonly name = 'CrmForbiddenError'
  readonly committed = 'no'
  readonly retry = false
}

/** 401 or a certificate we do not trust: every further try could lock the account, so none is made by itself. */
export class CrmCredentialsError extends CrmError {
  override readonly name = 'CrmCredentialsError'
  /** The name of the logon that was refused, where it may change (authentication.ts). */
  logon?: string
  readonly committed = 'no'
  readonly retry = false
}

/** The address or contract is wrong: a redirect, the XML-only `sagecrm` contract, a page that is not the API. */
export class CrmMisconfiguredError extends CrmError {
  override readonly name: string = 'CrmMisconfiguredError'
  readonly committed = 'no'
  readonly retry = false
}
