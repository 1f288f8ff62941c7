import * as z from '../values/schema.ts'
import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmConflictError,
  CrmCredentialsError,
  type CrmError,
  CrmForbiddenError,
  CrmMisconfiguredError,
  CrmNotFoundError,
  CrmRejectedError,
  CrmUnreachableError,
} from './errors.ts'
import type { CrmRequest, CrmResponse, Middleware, Send } from './request.ts'
import { withoutEcho } from './without-echo.ts'

const LONGEST_TEXT = 200
const LONGEST_PAGE = 10_000

/** Turns every answer that is not a success into the error class of its decision. */
export const refuseFailures: Middleware = async (request, next) => {
  const response = await next(request)
  if (response.status >= 200 && response.status < 300) return refuseMarkup(request, response)
  const error = errorOf(request, response)
  if (!(error instanceof CrmNotFoundError) || isDiagnosis(response)) throw error
  throw (await isApiThere(request, next)) ? error : apiMissing(error.message, error)
}

/**
 * The older contract `sagecrm` answers every request with Atom, whatever Accept says. A page that calls itself a success
 * is that of a logon or a proxy: what it stands in front of may have been done.
 */
function refuseMarkup(request: CrmRequest, response: CrmResponse): CrmResponse {
  const { status, headers, text } = response
  const isMarkup = text.trimStart().startsWith('<')
  if (/(?<!xhtml\+)\bxml\b/i.test(headers['content-type'] ?? '') || /^\s*<(\?xml|feed|entry)/i.test(text))
    throw new CrmMisconfiguredError(
      'the CRM answers XML: the address must end with the contract "sagecrm2", not "sagecrm"',
      { status },
    )
  if (!isMarkup) return response
  const said = [pageText(request, response)].filter(Boolean)
  const message = `${request.method} ${resourceOf(request)}: ${status} with a page in place of JSON: ${said[0] ?? ''}`
  throw new CrmAmbiguousError(message, { status, said })
}

type Evidence = { readonly status?: number; readonly said: readonly string[]; readonly retryAfterMs?: number }
type MakeError = (message: string, evidence: Evidence) => CrmError

const BY_STATUS: Readonly<Record<number, MakeError>> = {
  401: (message, evidence) => new CrmCredentialsError(message, evidence),
  403: (message, evidence) => new CrmForbiddenError(message, evidence),
  404: (message, evidence) => new CrmNotFoundError(message, evidence),
  409: (message, evidence) => new CrmConflictError(message, evidence),
  410: (message, evidence) => new CrmNotFoundError(message, evidence),
  429: (message, evidence) => new CrmBusyError(message, evidence),
}

/** What SQL Server says when a unique index refuses a row (errors 2601 and 2627); the statement is rolled back. */
const UNIQUE_VIOLATION = /duplicate key row in object|violation of unique key constraint/i

function errorOf(request: CrmRequest, response: CrmResponse): CrmError {
  const { status, headers } = response
  const issues = diagnosesOf(request, response)
  const said = issues.length > 0 ? issues : [pageText(request, response)].filter(Boolean)
  const message = `${request.method} ${resourceOf(request)}: ${status} ${said[0] ?? ''}`.trim()
  const evidence = { status, said, ...retryAfterOf(response) }
  if (status >= 300 && status < 400) return redirect(message, response, evidence)
  if (said.some((line) => UNIQUE_VIOLATION.test(line))) return new CrmConflictError(message, evidence)
  if (status === 503 && headers['retry-after'] !== undefined) return new CrmBusyError(message, evidence)
  if (status >= 500) return new CrmAmbiguousError(message, evidence)
  return BY_STATUS[status]?.(message, evidence) ?? new CrmRejectedError(message, issues, evidence)
}

/**
 * Whether a 404 or 410 that gives no reasons is about one record. IIS answers so for the whole API while the Tomcat service
 * behind it is down, and a record that is only out of reach must not look like one that is not there.
 */
async function isApiThere({ path, query, headers = {} }: CrmRequest, next: Send): Promise<boolean> {
  const [resource = '', key] = path.split('(', 2)
  if (key === undefined) return false
  const { SID } = query ?? {}
  const asked = { count: '1', ...(SID !== undefined && { SID }) }
  const { status } = await next({ method: 'GET', path: resource, query: asked, headers })
  return status !== 404 && status < 500
}

function apiMissing(message: string, evidence: Evidence): CrmError {
  return new CrmUnreachableError(`${message}: the API is not there; is its Tomcat service running?`, evidence)
}

/** Without the key: messages are logged, and a key can be a person's. */
function resourceOf({ path }: CrmRequest): string {
  return path.replace(/\(.*/s, '')
}

function redirect(message: string, { headers }: CrmResponse, evidence: Evidence): CrmError {
  const target = headers['location'] ?? ''
  const host = URL.canParse(target) ? ` to ${new URL(target).host}` : ''
  return new CrmMisconfiguredError(`${message}: redirected${host}, which is never followed`, evidence)
}

function retryAfterOf({ headers }: CrmResponse): { readonly retryAfterMs?: number } {
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now())
  return retryAfterMs === undefined ? {} : { retryAfterMs }
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3) as milliseconds from `now`. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function isDiagnosis({ text }: CrmResponse): boolean {
  return Diagnoses.safeParse(parseJson(text)).success
}

const Diagnoses = z.looseObject({
  $diagnoses: z.array(
    z.looseObject({
      $message: z.nullish(z.string()),
      $sdataCode: z.nullish(z.string()),
      $payloadPath: z.nullish(z.string()),
    }),
  ),
})

/** SData's error form (SData 2.0, 0310), one line each. */
function diagnosesOf(request: CrmRequest, { text }: CrmResponse): string[] {
  const parsed = Diagnoses.safeParse(parseJson(text))
  if (!parsed.success) return []
  return parsed.data.$diagnoses.map(({ $message, $sdataCode, $payloadPath }) => {
    const said = shortened($message || $sdataCode || 'error', request)
    return $payloadPath ? `${$payloadPath}: ${said}` : said
  })
}

/** What a Tomcat or IIS error page says, without its mark-up. */
function pageText(request: CrmRequest, { text }: CrmResponse): string {
  const page = text.slice(0, LONGEST_PAGE)
  const plain = page.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
  return shortened(plain, request)
}

function shortened(text: string, request: CrmRequest): string {
  const line = text.slice(0, LONGEST_PAGE).replace(/\s+/g, ' ').trim()
  return withoutEcho(line, request).slice(0, LONGEST_TEXT)
}

/** What a success answered. Throws CrmAmbiguousError when it is not JSON. */
export function readJson({ status, text }: CrmResponse): unknown {
  const json = parseJson(text)
  if (json === undefined)
    throw new CrmAmbiguousError('the CRM answered something that is not JSON', { status })
  return json
}

/** undefined for anything that is not JSON, blank bodies included. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
