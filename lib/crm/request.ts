/** A request under the configured base address. */
export type CrmRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Under the base, already encoded: `Cases('43')`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Asked at the very moment of sending; false: it is not sent any more (CrmUnreachableError). */
  readonly mayBegin?: () => boolean
}

/** An answer, whole. Header names are in lower case. */
export type CrmResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export type Send = (request: CrmRequest) => Promise<CrmResponse>

/** One thing done around a request: authentication, a breaker, a slot, a line in the log. */
export type Middleware = (request: CrmRequest, next: Send) => Promise<CrmResponse>

/** The first middleware is the outermost. */
export function chain(middlewares: readonly Middleware[], transport: Send): Send {
  return middlewares.reduceRight<Send>(
    (next, middleware) => (request) => middleware(request, next),
    transport,
  )
}
