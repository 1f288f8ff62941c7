import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { parseHeaderValue } from './header-value.ts'
import type { HttpRequest } from './request.ts'
import { thankYouPage } from './thank-you-page.ts'

type Reply = APIGatewayProxyStructuredResultV2
type Headers = Readonly<Record<string, string>>

/** An answer to a sender whose delivery is stored. */
export type StoredAnswer = {
  readonly status: number
  /** What a program is told; a person sees only `reference`. */
  readonly body: { readonly reference?: string } & Readonly<Record<string, string>>
  /** Added to every kind of answer: `x-event-id`, `x-correlation-id`. */
  readonly headers: Headers
  /** Where a browser goes next, from the configuration. */
  readonly thankYouUrl?: string | undefined
}

const ALWAYS: Headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** An HTTP answer with a JSON body that nobody may cache. */
export function jsonReply(status: number, body: object, headers: Headers): Reply {
  return reply(
    status,
    { 'content-type': 'application/json; charset=utf-8', ...headers },
    JSON.stringify(body),
  )
}

/** An HTTP answer in plain text, unless `headers` say otherwise, that nobody may cache. */
export function textReply(status: number, body: string, headers: Headers): Reply {
  return reply(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }, body)
}

/**
 * Answers a stored delivery in the way its sender can use: a browser that posted a form goes on to the thank-you URL
 * (303) or sees a small page with the reference; everybody else gets JSON.
 */
export function replyTo(request: HttpRequest, answer: StoredAnswer): Reply {
  const { status, body, headers, thankYouUrl } = answer
  if (!isBrowserForm(request)) return jsonReply(status, body, headers)
  if (thankYouUrl !== undefined) return reply(303, { location: thankYouUrl, ...headers }, '')
  const page = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    ...headers,
  }
  return reply(status, page, thankYouPage(body.reference))
}

function reply(statusCode: number, headers: Headers, body: string): Reply {
  return { statusCode, headers: { ...ALWAYS, ...headers }, body }
}

const BROWSER_FORM_TYPES: readonly string[] = ['application/x-www-form-urlencoded', 'multipart/form-data']

function isBrowserForm({ headers }: HttpRequest): boolean {
  const type = parseHeaderValue(headers['content-type'] ?? '').value
  const accept = headers['accept'] ?? ''
  return (
    BROWSER_FORM_TYPES.includes(type) && weightOf('text/html', accept) > weightOf('application/json', accept)
  )
}

/** The weight of a media type in an Accept header: its most specific entry counts (RFC 9110 §12.5.1). */
function weightOf(type: string, accept: string): number {
  const entries = new Map(accept.split(',').map((entry) => weightedEntry(entry)))
  return entries.get(type) ?? entries.get(type.replace(/\/.*/, '/*')) ?? entries.get('*/*') ?? 0
}

function weightedEntry(entry: string): readonly [string, number] {
  const { value, parameters } = parseHeaderValue(entry.trim())
  const weight = Number(parameters.get('q') ?? '1')
  return [value, Number.isFinite(weight) ? weight : 0]
}
