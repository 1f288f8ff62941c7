import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'

export type GatewayRequest = {
  readonly method: string
  /** Path as sent, percent-encoded. */
  readonly rawPath: string
  readonly rawQuery: string
  /** Name, value pairs as they came over the wire. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  readonly sourceIp: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * What an HTTP API passes as text; every other body, forms and multipart among them, is base64-encoded
 * (AWS, "Working with binary media types for HTTP APIs" and observed payloads of format 2.0).
 */
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|[\w.+-]+\+(json|xml))\s*(;|$))/i

/** The event an HTTP API sends to a function, payload format 2.0. */
export function gatewayEvent(
  request: GatewayRequest,
  routePath: string,
  pathParameters: Readonly<Record<string, string>>,
): APIGatewayProxyEventV2 {
  const { cookies, headers } = splitHeaders(request.headers)
  const query = Object.entries(joinDuplicates([...new URLSearchParams(request.rawQuery)]))
  return {
    version: '2.0',
    routeKey: `${request.method} ${routePath}`,
    rawPath: request.rawPath,
    rawQueryString: request.rawQuery,
    headers,
    ...(cookies.length > 0 && { cookies }),
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(query) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    requestContext: requestContext(request, routePath, headers),
    ...encodeBody(request.body, headers['content-type'] ?? ''),
  }
}

function splitHeaders(all: GatewayRequest['headers']) {
  const named = all.map(([name, value]) => [name.toLowerCase(), value] as const)
  const cookies = named.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split('; '))
  return { cookies, headers: joinDuplicates(named.filter(([name]) => name !== 'cookie')) }
}

function joinDuplicates(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(joined)
}

function requestContext(
  request: GatewayRequest,
  routePath: string,
  headers: Readonly<Record<string, string>>,
) {
  const now = new Date()
  return {
    accountId: '000000000000',
    apiId: 'local',
    domainName: headers['host'] ?? 'localhost',
    domainPrefix: 'local',
    http: {
      method: request.method,
      path: request.rawPath,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey: `${request.method} ${routePath}`,
    stage: '$default',
    time: commonLogTime(now),
    timeEpoch: now.getTime(),
  }
}

/** `24/Nov/2026:02:30:00 +0000` */
function commonLogTime(at: Date): string {
  const [, day] = at.toISOString().split(/[-T]/).slice(1)
  return `${day}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${at.toISOString().slice(11, 19)} +0000`
}

function encodeBody(body: Buffer, contentType: string) {
  if (body.length === 0) return { isBase64Encoded: false }
  const text = body.toString()
  const isText = TEXT_TYPES.test(contentType) && Buffer.from(text).equals(body)
  return isText
    ? { body: text, isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true }
}
