import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { bestLanguage, weightOf } from './accept.ts'
import { parseHeaderValue } from './header-value.ts'
import { type PageText, page } from './page.ts'
import type { HttpRequest } from './request.ts'

type Reply = APIGatewayProxyStructuredResultV2
type Headers = Readonly<Record<string, string>>

/** What a browser is shown or where it goes, from the configuration. */
export type ThankYou = {
  readonly url?: string | undefined
  /** By language, BCP 47; the first one is for everybody else. */
  readonly texts: Readonly<Record<string, { readonly title: string; readonly text: string }>>
}

/** An answer to a sender whose delivery is stored. */
export type StoredAnswer = {
  readonly status: number
  /** What a program is told; a person sees `caseId`, or else `reference`. */
  readonly body: { readonly reference?: string; readonly caseId?: string } & Readonly<Record<string, string>>
  /** Added to every kind of answer: `x-event-id`, `x-correlation-id`. */
  readonly headers: Headers
  readonly thankYou: ThankYou
}

const ALWAYS: Headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
const PAGE: Headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
}

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

/** An answer without a body. */
export function emptyReply(status: number, headers: Headers): Reply {
  return reply(status, headers, '')
}

/** Bytes to keep, never to show: a browser saves them under the name. */
export function fileReply(bytes: Buffer, filename: string): Reply {
  const name = encodeURIComponent(filename).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${name}`,
    'content-security-policy': "default-src 'none'; sandbox",
  }
  return { ...reply(200, headers, bytes.toString('base64')), isBase64Encoded: true }
}

/**
 * Answers a stored delivery in the way its sender can use: a browser that posted a form goes on to the thank-you URL
 * (303) or sees a small page with the reference, in its language; everybody else gets JSON.
 */
export function replyTo(request: HttpRequest, answer: StoredAnswer): Reply {
  const { status, body, headers, thankYou } = answer
  if (!isBrowserForm(request)) return jsonReply(status, body, headers)
  if (thankYou.url !== undefined) return reply(303, { location: thankYou.url, ...headers }, '')
  const text = thankYouText(request, thankYou)
  return reply(status, { ...PAGE, ...headers }, page(text, body.caseId ?? body.reference))
}

/** Answers a delivery that was refused: a browser that posted a form sees a page that says why. */
export function refuseTo(
  request: Pick<HttpRequest, 'headers'>,
  status: number,
  body: { readonly error: string },
  headers: Headers,
): Reply {
  if (!isBrowserForm(request)) return jsonReply(status, body, headers)
  const text = { title: 'Not sent', text: body.error, language: 'en' }
  return reply(status, { ...PAGE, ...headers }, page(text))
}

function reply(statusCode: number, headers: Headers, body: string): Reply {
  return { statusCode, headers: { ...ALWAYS, ...headers }, body }
}

const DEFAULT_TEXT = {
  title: 'Thank you',
  text: 'We have received your message and will get back to you. Your reference:',
  language: 'en',
} as const

/** The language of the form's page (`?lang=de` in its action), or else what the browser asks for. */
function thankYouText({ rawQuery, headers }: HttpRequest, { texts }: ThankYou): PageText {
  const languages = Object.keys(texts)
  const asked = [new URLSearchParams(rawQuery).get('lang') ?? '', headers['accept-language'] ?? '']
  const language = asked.map((one) => bestLanguage(one, languages)).find((one) => one !== undefined)
  const chosen = language ?? languages[0]
  const text = chosen === undefined ? undefined : texts[chosen]
  return text === undefined || chosen === undefined ? DEFAULT_TEXT : { ...text, language: chosen }
}

const BROWSER_FORM_TYPES: readonly string[] = ['application/x-www-form-urlencoded', 'multipart/form-data']

function isBrowserForm({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  const type = parseHeaderValue(headers['content-type'] ?? '').value
  const accept = headers['accept'] ?? ''
  return (
    BROWSER_FORM_TYPES.includes(type) && weightOf('text/html', accept) > weightOf('application/json', accept)
  )
}
