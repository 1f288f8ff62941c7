import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { RouteMatch, RoutePattern } from './gateway-routes.ts'

export type GatewayRequest = {
  readonly method: string
  /** Decoded. */
  readonly rawPath: string
  /** As sent, percent-encoded. */
  readonly rawQuery: string
  /** Name, value pairs as they came over the wire. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  readonly sourceIp: string
  /** `HTTP/1.1` */
  readonly protocol: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * What an HTTP API passes as text. Every other body is base64-encoded: urlencoded forms, multipart, `+json` types and
 * bodies without a type among them. AWS names no list; this one was measured (ministackorg/ministack, pull request 766).
 */
const TEXT_TYPES = /^\s*(text\/[^;]*|application\/(json|javascript|xml))\s*(;|$)/i

/**
 * The event an HTTP API sends to a function, payload format 2.0 (AWS, "Create AWS Lambda proxy integrations for HTTP
 * APIs in API Gateway"). The path is decoded, the query string as it was sent.
 */
export function gatewayEvent(
  request: GatewayRequest,
  { route, pathParameters }: RouteMatch<RoutePattern>,
): APIGatewayProxyEventV2 {
  const { cookies, headers } = splitHeaders(request.headers)
  const query = joinDuplicates([...new URLSearchParams(request.rawQuery)])
  const routeKey = `${route.method} ${route.path}`
  return {
    version: '2.0',
    routeKey,
    rawPath: request.rawPath,
    rawQueryString: request.rawQuery,
    headers,
    ...(cookies.length > 0 && { cookies }),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: requestContext(request, routeKey, headers),
    ...encodeBody(request.body, headers['content-type'] ?? ''),
  }
}

function splitHeaders(all: GatewayRequest['headers']) {
  const named = all.map(([name, value]) => [name.toLowerCase(), value] as const)
  const cookies = named.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split(/;\s*/))
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
  routeKey: string,
  headers: Readonly<Record<string, string>>,
) {
  const now = new Date()
  const domainName = (headers['host'] ?? 'localhost').replace(/:\d+$/, '')
  return {
    accountId: '000000000000',
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split('.')[0] ?? domainName,
    http: {
      method: request.method,
      path: request.rawPath,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
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
