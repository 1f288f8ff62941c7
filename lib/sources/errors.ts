/** The sender could not prove who it is: answered 401, nothing is stored. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError'
}

/** The instance needs a secret and none is configured: our fault, answered 503 so that the sender tries again. */
export class MissingSecretError extends Error {
  override readonly name = 'MissingSecretError'
}

/** Decoded, but it makes no sense to this source: the event is parked. `issues` name the field and the rule. */
export class NotUnderstoodError extends Error {
  override readonly name = 'NotUnderstoodError'
  readonly issues: readonly string[]
  constructor(message: string, issues: readonly string[] = []) {
    super(message)
    this.issues = issues
  }
}

/** The vendor's API did not answer, is busy or failed: the event is tried again, not before `retryAfterMs`. */
export class VendorUnavailableError extends Error {
  override readonly name = 'VendorUnavailableError'
  readonly retryAfterMs: number | undefined
  constructor(message: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(message, options)
    this.retryAfterMs = retryAfterMs
  }
}

/** The vendor's API refused our credentials or does not know what was asked for: the event is parked. */
export class VendorRefusedError extends Error {
  override readonly name = 'VendorRefusedError'
}

/** Somebody else says the sender is not welcome: answered 403, nothing is stored. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}
