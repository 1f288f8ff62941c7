import type { CanonicalEvent, Ignored } from '../events/index.ts'
import type { HttpRequest } from '../intake/request.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The only form in which a payload leaves a source: its sender has been verified.
 * It is stored as the receipt, so it must survive JSON; `headers` holds only what `toEvent` or `identify` need.
 */
export type Verified = { readonly headers: Readonly<Record<string, string>>; readonly payload: Json }

export type Identity = {
  /** Unique within the instance, stable over the sender's retries; opaque to the rest of the pipe. */
  readonly id: string
  /** Other ids under which the same delivery may already have been recorded (e.g. the previous time bucket). */
  readonly aliases: readonly string[]
  /** What the event is about (an order number); without one the event is its own subject. */
  readonly subject?: string
}

/** How one configured instance of a source is called and told apart. */
export type SourceContext = {
  readonly instance: string
  readonly options: Readonly<Record<string, unknown>>
  /** Live secrets, newest first (two during a rotation). Empty when none is configured. */
  readonly secrets: readonly string[]
  /** Last path segment of `/forms/{name}/{token}`, if there was one. */
  readonly token?: string
}

/** One outside system. Every file in this folder that is not the contract or the table exports one of these. */
export type Source = {
  readonly name: string
  readonly kind: 'form' | 'order'
  /** How long the sender is kept waiting for the CRM before the delivery goes to the queue; 0 = always queued. */
  readonly inlineBudgetMs: number
  /** Throws SignatureError (401), MissingSecretError (503) or UndecodableError (400); returns the payload otherwise. */
  verify(request: HttpRequest, context: SourceContext): Promise<Verified>
  identify(verified: Verified, context: SourceContext, nowMs: number): Identity
  /** Throws NotUnderstoodError: the event is parked with its reason and its payload. */
  toEvent(verified: Verified, context: SourceContext): CanonicalEvent | Ignored
  /** The headers the vendor would send with this body: for tests and `npm run send`. */
  sign(body: Buffer, secret: string): Readonly<Record<string, string>>
}
