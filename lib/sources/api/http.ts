import { textDecoder } from '../../intake/charset.ts'
import { decodeJsonText, type JsonValue } from '../../intake/json-body.ts'
import { VendorRefusedError, VendorUnavailableError } from '../errors.ts'

const MAX_ANSWER_IN_BYTES = 8 * 1024 * 1024
/** Statuses that say "not now"; every 5xx does so too. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429])

export type ApiRequest = {
  readonly url: URL
  readonly method?: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds until the whole of the answer must have been read. */
  readonly timeoutMs: number
}

export type ApiAnswer<Body> = { readonly headers: Headers; readonly body: Body }

/** An address below a base: the base's own path is kept, query values are escaped and those undefined left out. */
export function apiUrl(
  baseUrl: string,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, value)
  }
  return url
}

/**
 * Asks a vendor's API and reads its JSON; numbers of more than 15 digits come as strings.
 * @throws VendorUnavailableError (again later): 408, 425, 429, 5xx, no answer, a connection that breaks, no JSON
 * @throws VendorRefusedError (asking again is no use): any other status, a redirect, an answer above 8 MiB
 */
export async function askJson(request: ApiRequest): Promise<ApiAnswer<JsonValue>> {
  const { headers, body } = await askText({
    ...request,
    headers: { accept: 'application/json', ...request.headers },
  })
  try {
    return { headers, body: decodeJsonText(body) }
  } catch (cause) {
    throw new VendorUnavailableError(`${nameOf(request)} did not answer with JSON`, undefined, { cause })
  }
}

/** The same for an answer that is text of another kind. Its charset is UTF-8. */
export async function askText(request: ApiRequest): Promise<ApiAnswer<string>> {
  const { url, method = 'GET', headers, body = null, timeoutMs } = request
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal })
    if (!response.ok) throw await refusalOf(request, response)
    return { headers: response.headers, body: textDecoder('utf-8')(await read(request, response)) }
  } catch (cause) {
    if (cause instanceof VendorUnavailableError || cause instanceof VendorRefusedError) throw cause
    const why = signal.aborted ? `did not answer within ${timeoutMs} ms` : 'did not answer'
    throw new VendorUnavailableError(`${nameOf(request)} ${why}`, undefined, { cause })
  }
}

async function refusalOf(request: ApiRequest, response: Response): Promise<Error> {
  await response.body?.cancel()
  const { status, headers } = response
  const message = `${nameOf(request)} answered ${status}`
  if (status >= 500 || LATER.has(status)) return new VendorUnavailableError(message, retryAfterMs(headers))
  const isRedirect = status >= 300 && status < 400
  return new VendorRefusedError(isRedirect ? `${message}: a redirect is not followed` : message)
}

async function read(request: ApiRequest, response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_ANSWER_IN_BYTES) {
      throw new VendorRefusedError(`${nameOf(request)} answered with more than ${MAX_ANSWER_IN_BYTES} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Without the query: some vendors take credentials there. */
function nameOf({ url, method = 'GET' }: ApiRequest): string {
  return `${method} ${url.origin}${url.pathname}`
}

/** Retry-After in seconds or as a date (RFC 9110 §10.2.3); a date is compared with the vendor's own clock. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000)
  const waitMs = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}
