import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { expect, test } from 'vitest'
import { toHttpRequest } from '../../lib/intake/gateway-event.ts'
import { BodyTooLargeError, MAX_BODY_IN_BYTES, MAX_MULTIPART_IN_BYTES } from '../../lib/intake/limits.ts'

function event(changes: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 {
  const http = {
    method: 'POST',
    path: '/forms/a b',
    protocol: 'HTTP/1.1',
    sourceIp: '192.0.2.7',
    userAgent: 'test',
  }
  return {
    version: '2.0',
    routeKey: 'POST /forms/{name}',
    rawPath: '/forms/a%20b',
    rawQueryString: 'x=1&x=%C3%A9',
    headers: { 'Content-Type': 'text/plain', 'X-ABSENT': undefined, cookie: 'a=b' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'local',
      domainName: 'example.com',
      domainPrefix: 'example',
      http,
      requestId: 'request-1',
      routeKey: 'POST /forms/{name}',
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: 1_773_342_238_000,
    },
    isBase64Encoded: false,
    ...changes,
  }
}

test('method, path, raw query and sender come through as the gateway gives them', () => {
  expect(toHttpRequest(event({ body: 'é' }))).toEqual({
    method: 'POST',
    path: '/forms/a%20b',
    rawQuery: 'x=1&x=%C3%A9',
    headers: { 'content-type': 'text/plain', cookie: 'a=b' },
    body: Buffer.from('é'),
    sourceIp: '192.0.2.7',
  })
})

test('a base64 body is decoded to the bytes the sender sent', () => {
  const bytes = Buffer.from([0, 255, 13, 10])
  expect(toHttpRequest(event({ body: bytes.toString('base64'), isBase64Encoded: true })).body).toEqual(bytes)
})

test('an event without a body has zero bytes', () => {
  expect(toHttpRequest(event()).body).toHaveLength(0)
})

test('a body of exactly the limit passes, one byte more does not', () => {
  expect(toHttpRequest(event({ body: 'x'.repeat(MAX_BODY_IN_BYTES) })).body).toHaveLength(MAX_BODY_IN_BYTES)
  expect(() => toHttpRequest(event({ body: 'x'.repeat(MAX_BODY_IN_BYTES + 1) }))).toThrow(BodyTooLargeError)
  const accents = 'é'.repeat(MAX_BODY_IN_BYTES / 2 + 1)
  expect(() => toHttpRequest(event({ body: accents }))).toThrow(/1048578 is more than the 1048576 allowed/)
})

test('a base64 body is measured after decoding', () => {
  const body = Buffer.alloc(MAX_BODY_IN_BYTES).toString('base64')
  expect(toHttpRequest(event({ body, isBase64Encoded: true })).body).toHaveLength(MAX_BODY_IN_BYTES)
})

test('only a multipart body may be as long as files need', () => {
  const multipart = (length: number) => {
    const headers = { 'Content-Type': 'Multipart/Form-Data; boundary=x' }
    return event({ headers, body: Buffer.alloc(length).toString('base64'), isBase64Encoded: true })
  }
  expect(toHttpRequest(multipart(MAX_MULTIPART_IN_BYTES)).body).toHaveLength(MAX_MULTIPART_IN_BYTES)
  expect(() => toHttpRequest(multipart(MAX_MULTIPART_IN_BYTES + 1))).toThrow(BodyTooLargeError)
})
