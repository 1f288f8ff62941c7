import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { parseHeaderValue } from './header-value.ts'
import { MAX_BODY_IN_BYTES, MAX_MULTIPART_IN_BYTES, requireAtMost } from './limits.ts'
import type { HttpRequest } from './request.ts'

/**
 * The request inside an API Gateway HTTP API event (payload format 2.0). Throws BodyTooLargeError when the body is
 * longer than its type may be: only multipart carries files. The gateway joins repeated headers with commas and sends
 * binary bodies as base64.
 */
export function toHttpRequest(event: APIGatewayProxyEventV2): HttpRequest {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  const headers = lowerCased(event.headers)
  const isMultipart = parseHeaderValue(headers['content-type'] ?? '').value === 'multipart/form-data'
  const limit = isMultipart ? MAX_MULTIPART_IN_BYTES : MAX_BODY_IN_BYTES
  requireAtMost(limit, body.length, 'length of the body in bytes')
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    rawQuery: event.rawQueryString,
    headers,
    body,
    sourceIp: event.requestContext.http.sourceIp,
  }
}

/** Header names in lower case, absent ones left out. */
export function lowerCased(headers: APIGatewayProxyEventV2['headers']): Record<string, string> {
  const present = Object.entries(headers).filter(
    (header): header is [string, string] => header[1] !== undefined,
  )
  return Object.fromEntries(present.map(([name, value]) => [name.toLowerCase(), value]))
}
