import { refuseFailures } from './answer.ts'
import { authentication, type Credentials, type Logon } from './authentication.ts'
import { chain, type Middleware, type Send } from './request.ts'
import { createTransport } from './transport.ts'
import { type ApiPath, parseBaseUrl } from './url.ts'

export type ConnectionOptions = ApiPath & {
  readonly credentials: Credentials | Logon
  /** Base address of the REST API, `https://host/sdata/crmj/sagecrm2/-`, or the origin alone. */
  readonly baseUrl: string
  readonly requestTimeoutMs: number
  /** Certificates of a CA to trust besides the well-known ones, in PEM. */
  readonly ca?: string
  /** Around every request, outermost first: breaker, slots. */
  readonly middlewares?: readonly Middleware[]
}

/** A way to one CRM: `send` throws a CrmError for every answer that is not a success. */
export type Connection = { readonly base: URL; readonly send: Send; close(): void }

/**
 * Authenticated requests over kept-alive connections. No request is sent by this.
 * @throws CrmMisconfiguredError naming what is wrong with an option
 */
export function connect(options: ConnectionOptions): Connection {
  const base = parseBaseUrl(options.baseUrl, options)
  const { requestTimeoutMs, ca } = options
  const transport = createTransport({ base, requestTimeoutMs, ...(ca !== undefined && { ca }) })
  const middlewares = [...(options.middlewares ?? []), authentication(options.credentials), refuseFailures]
  return { base, send: chain(middlewares, transport.send), close: transport.close }
}
