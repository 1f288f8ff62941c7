import type { CanonicalEvent, Ignored } from '../events/index.ts'
import type { HttpRequest } from '../intake/request.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The only form in which a payload leaves a source: its sender has been verified.
 * It is stored as the receipt, so it must survive JSON; `headers` holds only what `toEvent` or `identify` need, never a
 * token. `fetched` is what `enrich` has added.
 */
export type Verified = {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Json
  readonly fetched?: Json
}

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
  /** The address the vendor was told, without the token, as configured: some sign it. Never rebuilt from a request. */
  readonly url: string
  /** Whether the vendor's test deliveries count like real ones; otherwise they are ignored (`test-delivery`). */
  readonly acceptTests: boolean
}

/** An answer to what is no delivery: a ping, a challenge. Nothing is stored. */
export type Handshake = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** How to reach the vendor's own API for what a delivery leaves out. */
export type VendorApi = {
  /** A live credential by the name the source gives it, e.g. `accessToken`; undefined when none is configured. */
  readonly credential: (name: string) => Promise<string | undefined>
  /** Replaces the vendor's own address, for tests and proxies. */
  readonly baseUrl?: string
  /** Milliseconds until an answer is no use any more. */
  readonly timeoutMs: number
}

/** What a delivery is signed with: for tests and `npm run send`. */
export type Signing = {
  readonly secret: string
  /** Milliseconds since 1970: the time in the signature, for vendors that have one. */
  readonly nowMs: number
  /** Of this delivery, for vendors whose deliveries have ids. */
  readonly deliveryId: string
  /** Where it is posted to, for vendors that sign the address. */
  readonly url: string
  /** The headers it carries besides, in lower case: the topic, say. */
  readonly headers: Readonly<Record<string, string>>
  /** The instance's options, for sources that are told how their sender signs. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** One outside system. Every file in this folder that `index.ts` names exports one of these. */
export type Source = {
  readonly name: string
  readonly kind: 'form' | 'order'
  /** How long the sender is kept waiting for the CRM before the delivery goes to the queue; 0 = always queued. */
  readonly inlineBudgetMs: number
  /** Whether an instance without a secret is a mistake. `doctor` and the start-up say so; `verify` answers 503. */
  readonly needsSecret?: (context: SourceContext) => boolean
  /** Answers what is no delivery, before anything is verified. undefined: it is one. */
  handshake?(request: HttpRequest, context: SourceContext): Handshake | undefined
  /**
   * Works on the raw bytes and compares in constant time.
   * @throws SignatureError (401), MissingSecretError (503), UndecodableError (400), BodyTooLargeError (413)
   */
  verify(request: HttpRequest, context: SourceContext, nowMs: number): Promise<Verified>
  /**
   * Asks somebody else whether the sender is welcome, before anything is stored: a captcha service.
   * @throws RefusedError (403): nothing is stored, and the visitor may try again
   */
  screen?(verified: Verified, request: HttpRequest, context: SourceContext, api: VendorApi): Promise<Verified>
  identify(verified: Verified, context: SourceContext, nowMs: number): Identity
  /**
   * Fetches what a thin delivery leaves out; what comes back is stored with the receipt, so it happens once. undefined:
   * there is nothing to fetch, or no credential to fetch it with.
   * @throws VendorUnavailableError (again later), VendorRefusedError (parked)
   */
  enrich?(verified: Verified, context: SourceContext, api: VendorApi): Promise<Json | undefined>
  /** @throws NotUnderstoodError: the event is parked with its reason and its payload. */
  toEvent(verified: Verified, context: SourceContext): CanonicalEvent | Ignored
  /**
   * Everything that changed since an instant, as the pipe would have received it, oldest first: what a webhook never
   * told can be made up for.
   * @throws VendorUnavailableError, VendorRefusedError
   */
  listSince?(sinceMs: number, context: SourceContext, api: VendorApi): AsyncIterable<Listed>
  /** The headers the vendor would send with this body, its signature among them. */
  sign(body: Buffer, signing: Signing): Readonly<Record<string, string>>
}

export type Listed = { readonly verified: Verified; readonly identity: Identity }
