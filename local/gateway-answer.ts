import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as z from 'zod'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer | string
}

/** What the gateway answers itself. */
export const REFUSALS = {
  badRequest: refusal(400, 'Bad Request'),
  notFound: refusal(404, 'Not Found'),
  tooLarge: refusal(413, 'Request Entity Too Large'),
  tooMany: { ...refusal(429, 'Too Many Requests'), headers: { 'retry-after': '60' } },
  internalError: refusal(500, 'Internal Server Error'),
  unavailable: refusal(503, 'Service Unavailable'),
} as const satisfies Record<string, Answer>

/** Headers of the connection and the framing: a gateway's own business. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding'])

/** Where a function names no type. So does the emulator in AWS's Lambda Test Tool (aws/aws-lambda-dotnet). */
const DEFAULT_CONTENT_TYPE = 'text/plain; charset=utf-8'

const Structured = z.looseObject({
  statusCode: z.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
})

/**
 * The answer in a function's result, format 2.0. A result without a status code is the JSON body of a 200.
 * @throws ZodError, TypeError when a status code is there and the rest is no answer
 */
export function answerOf(result: unknown): Answer {
  const isStructured = typeof result === 'object' && result !== null && 'statusCode' in result
  if (!isStructured) return json(200, result)
  const { statusCode, headers, cookies, body, isBase64Encoded } = Structured.parse(result)
  return {
    status: statusCode,
    headers: headersOf(headers ?? {}, cookies ?? []),
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

function headersOf(headers: Readonly<Record<string, string>>, cookies: readonly string[]): Answer['headers'] {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const all = [...named, ...cookies.map((cookie) => ['set-cookie', cookie] as const)]
  for (const [name, value] of all) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
  const kept = Object.fromEntries(named.filter(([name]) => !OWN_HEADERS.has(name)))
  const setCookie = all.filter(([name]) => name === 'set-cookie').map(([, value]) => value)
  return {
    'content-type': DEFAULT_CONTENT_TYPE,
    ...kept,
    ...(setCookie.length > 0 && { 'set-cookie': setCookie }),
  }
}

function refusal(status: number, message: string): Answer {
  return json(status, { message })
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}
