import http from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHttpRequest } from '../../lib/intake/gateway-event.ts'
import { gatewayEvent } from '../../local/gateway-event.ts'
import { propertyRuns } from '../support/property.ts'
import { gatewayOf, post } from './gateway-support.ts'

/** The event the handler sees for a request. */
async function eventFor(path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2> {
  const response = await post(await gatewayOf((event) => event), init, path)
  expect(response.status).toBe(200)
  return (await response.json()) as APIGatewayProxyEventV2
}

/** As `eventFor`, with headers as they are written on the wire. */
async function eventForHeaders(headers: string[]): Promise<APIGatewayProxyEventV2> {
  const { url } = await gatewayOf((event) => event)
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, setHost: false, agent: false }
    const request = http.request(`${url}/forms/x`, options, async (response) => {
      resolve(JSON.parse(Buffer.concat(await response.toArray()).toString()))
    })
    request.on('error', reject).end()
  })
}

const bytesOf = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2) =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')

describe('an event', () => {
  it('has the route, the decoded path and the decoded parameters', async () => {
    expect(await eventFor('/forms/a%20b/t%C3%A9%E2%82%AC')).toMatchObject({
      version: '2.0',
      routeKey: 'POST /forms/{name}/{token}',
      rawPath: '/forms/a b/té€',
      rawQueryString: '',
      pathParameters: { name: 'a b', token: 'té€' },
    })
  })

  it('has the query string as it was sent, and its parameters decoded with duplicates joined', async () => {
    const query = 'x=1&x=2&plus=a+b&encoded=a%2Bb&empty=&what=a?b'
    const event = await eventFor(`/forms/x?${query}`)
    expect(event.rawQueryString).toBe(query)
    expect(event.queryStringParameters).toEqual({
      x: '1,2',
      plus: 'a b',
      encoded: 'a+b',
      empty: '',
      what: 'a?b',
    })
  })

  it('says who asked for what, when', async () => {
    const before = Date.now()
    const { requestContext } = await eventFor('/forms/x', { headers: { 'user-agent': 'test/1' } })
    expect(requestContext).toMatchObject({
      domainName: '127.0.0.1',
      http: {
        method: 'POST',
        path: '/forms/x',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'test/1',
      },
      routeKey: 'POST /forms/{name}',
      stage: '$default',
    })
    expect(requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
    expect(requestContext.timeEpoch).toBeGreaterThanOrEqual(before)
    expect(requestContext.timeEpoch).toBeLessThanOrEqual(Date.now())
  })

  it('has lower-case header names, duplicates joined, cookies apart', async () => {
    const one = ['X-One', 'a', 'x-one', 'b']
    const cookies = ['Cookie', 'c=1; d=2', 'cookie', 'e=3']
    const event = await eventForHeaders([...one, ...cookies, 'Host', 'forms.example.com:8080'])
    expect(event.headers).toMatchObject({ 'x-one': 'a,b', host: 'forms.example.com:8080' })
    expect(event.headers).not.toHaveProperty('cookie')
    expect(event.cookies).toEqual(['c=1', 'd=2', 'e=3'])
    expect(event.requestContext).toMatchObject({ domainName: 'forms.example.com', domainPrefix: 'forms' })
  })

  it('has no fields for cookies, parameters and a body that are not there', async () => {
    const event = await eventFor('/forms/x')
    expect(Object.keys(event)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(cookies|queryStringParameters|body)$/)]),
    )
    expect(event.isBase64Encoded).toBe(false)
  })
})

describe('a body', () => {
  it.each([
    ['application/json', false],
    ['Application/JSON; charset=utf-8', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['text/plain', false],
    ['text/csv;charset=utf-8', false],
    ['application/vnd.api+json', true],
    ['application/jsonl', true],
    ['application/x-www-form-urlencoded', true],
    ['multipart/form-data; boundary=x', true],
    ['application/octet-stream', true],
    ['', true],
  ])('of type "%s" is text or base64 as behind the real gateway', async (type, isBase64Encoded) => {
    const event = await eventFor('/forms/x', {
      body: Buffer.from('{"a":"é"}'),
      headers: { 'content-type': type },
    })
    expect(event.isBase64Encoded).toBe(isBase64Encoded)
    expect(bytesOf(event).toString()).toBe('{"a":"é"}')
  })

  it('of several parts arrives byte for byte', async () => {
    const file = Buffer.from([0, 255, 13, 10, 0xc3, 0x28])
    const form = new FormData()
    form.set('file', new Blob([file]), 'naïve "file".bin')
    const event = await eventFor('/forms/x', { body: form })
    const type = event.headers['content-type'] ?? ''
    const read = await new Response(bytesOf(event), { headers: { 'content-type': type } }).formData()
    expect(Buffer.from(await (read.get('file') as File).arrayBuffer())).toEqual(file)
  })

  it('of any bytes and any type reaches the handler as it was sent', () => {
    const types = fc.constantFrom('text/plain', 'application/json', 'application/octet-stream', '')
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(bodies, types, (bytes, type) => {
        const event = gatewayEvent(
          {
            method: 'POST',
            rawPath: '/x',
            rawQuery: '',
            headers: [['Content-Type', type]],
            body: Buffer.from(bytes),
            sourceIp: '192.0.2.1',
            protocol: 'HTTP/1.1',
          },
          { route: { method: 'POST', path: '/x' }, pathParameters: {} },
        )
        const passed = JSON.parse(JSON.stringify(event)) as APIGatewayProxyEventV2
        expect(toHttpRequest(passed).body).toEqual(Buffer.from(bytes))
      }),
      propertyRuns(),
    )
  })
})
