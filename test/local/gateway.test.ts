import http from 'node:http'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Gateway, startGateway } from '../../local/gateway.ts'

type Handler = (event: APIGatewayProxyEventV2, context: Context) => unknown

async function gatewayOf(
  handler: Handler,
  settings: { timeoutMs?: number; onFailure?: (error: unknown) => void } = {},
) {
  const { timeoutMs = 5_000, ...options } = settings
  const route = { functionName: 'f', timeoutMs, memoryMB: 512, handler: async () => handler as never }
  const routes = ['/forms/{name}', '/forms/{name}/{token}'].map((path) => ({
    ...route,
    method: 'POST',
    path,
  }))
  const gateway = await startGateway({ routes, port: 0, host: '127.0.0.1', ...options })
  onTestFinished(() => gateway.close())
  return gateway
}

/** The event the handler sees for a request. */
async function eventFor(path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2> {
  const { url } = await gatewayOf((event) => event)
  const response = await fetch(url + path, { method: 'POST', ...init })
  return (await response.json()) as APIGatewayProxyEventV2
}

describe('an event', () => {
  it('has the route, the raw path and the decoded parameters', async () => {
    const event = await eventFor('/forms/a%20b/t%C3%A9?x=1&x=2&y=%20')
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /forms/{name}/{token}',
      rawPath: '/forms/a%20b/t%C3%A9',
      rawQueryString: 'x=1&x=2&y=%20',
      queryStringParameters: { x: '1,2', y: ' ' },
      pathParameters: { name: 'a b', token: 'té' },
      requestContext: {
        http: { method: 'POST', path: '/forms/a%20b/t%C3%A9', sourceIp: '127.0.0.1' },
        stage: '$default',
      },
    })
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
  })

  it('has lower-case header names, duplicates joined, cookies apart', async () => {
    const { url } = await gatewayOf((event) => event)
    const event = await new Promise<APIGatewayProxyEventV2>((resolve, reject) => {
      const headers = ['X-One', 'a', 'x-one', 'b', 'Cookie', 'c=1; d=2', 'Host', 'example.com']
      const request = http.request(
        `${url}/forms/x`,
        { method: 'POST', headers, setHost: false },
        async (response) => {
          resolve(JSON.parse(Buffer.concat(await response.toArray()).toString()))
        },
      )
      request.on('error', reject).end()
    })
    expect(event.headers).toMatchObject({ 'x-one': 'a,b', host: 'example.com' })
    expect(event.cookies).toEqual(['c=1', 'd=2'])
  })

  it.each([
    ['application/json', '{"a":"é"}', false],
    ['application/vnd.api+json; charset=utf-8', '{}', false],
    ['text/plain', 'é', false],
    ['application/x-www-form-urlencoded', 'a=b', true],
    ['multipart/form-data; boundary=x', '--x--', true],
    ['application/octet-stream', 'x', true],
  ])(
    'of %s has its body as text or in base64 as the real gateway does',
    async (type, body, isBase64Encoded) => {
      const event = await eventFor('/forms/x', { body: Buffer.from(body), headers: { 'content-type': type } })
      expect(event.isBase64Encoded).toBe(isBase64Encoded)
      expect(Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString()).toBe(body)
    },
  )

  it('carries bytes that are no UTF-8 unharmed, whatever they claim to be', async () => {
    const bytes = Buffer.from([0xe9, 0x00, 0xff])
    const event = await eventFor('/forms/x', { body: bytes, headers: { 'content-type': 'text/plain' } })
    expect(Buffer.from(event.body ?? '', 'base64')).toEqual(bytes)
  })
})

async function post(gateway: Gateway, path = '/forms/x', init: RequestInit = {}): Promise<Response> {
  return fetch(gateway.url + path, { method: 'POST', ...init })
}

describe('an answer', () => {
  it('has the status, headers, cookies and binary body of the result', async () => {
    const body = Buffer.from([1, 2, 255]).toString('base64')
    const result = {
      statusCode: 418,
      headers: { 'x-a': 'b' },
      cookies: ['c=1', 'd=2'],
      body,
      isBase64Encoded: true,
    }
    const response = await post(await gatewayOf(() => result))
    expect([response.status, response.headers.get('x-a')]).toEqual([418, 'b'])
    expect(response.headers.getSetCookie()).toEqual(['c=1', 'd=2'])
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([1, 2, 255]))
  })

  it('is the JSON of a result without status code', async () => {
    const response = await post(await gatewayOf(() => ({ ok: 1 })))
    expect([response.status, await response.json()]).toEqual([200, { ok: 1 }])
  })

  it('is 500 when the function throws or answers nonsense, and says nothing about it', async () => {
    const failures: unknown[] = []
    const throws = await gatewayOf(() => Promise.reject(new Error('secret')), {
      onFailure: (error) => failures.push(error),
    })
    const nonsense = await gatewayOf(() => ({ statusCode: 'ok' }))
    for (const gateway of [throws, nonsense]) {
      const response = await post(gateway)
      expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }])
    }
    expect(failures).toHaveLength(1)
  })

  it('is 503 when the function runs into its timeout', async () => {
    const response = await post(await gatewayOf(() => new Promise(() => undefined), { timeoutMs: 20 }))
    expect(response.status).toBe(503)
  })

  it('is 404 where there is no route, and for another method', async () => {
    const gateway = await gatewayOf(() => ({}))
    expect((await post(gateway, '/nowhere')).status).toBe(404)
    expect((await fetch(`${gateway.url}/forms/x`)).status).toBe(404)
  })

  it('is 413 for an event larger than Lambda takes', async () => {
    const gateway = await gatewayOf(() => ({}))
    expect((await post(gateway, '/forms/x', { body: Buffer.alloc(5 * 1024 * 1024, 1) })).status).toBe(413)
  })
})

it('tells the function how much time is left', async () => {
  const { url } = await gatewayOf((_, context) => ({ left: context.getRemainingTimeInMillis() }), {
    timeoutMs: 3_000,
  })
  const { left } = (await (await fetch(`${url}/forms/x`, { method: 'POST' })).json()) as { left: number }
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThanOrEqual(3_000)
})

it('finishes what is in flight before it closes', async () => {
  const started = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<object>()
  const gateway = await gatewayOf(() => {
    started.resolve()
    return answer.promise
  })
  const response = post(gateway)
  await started.promise
  const closed = gateway.close()
  answer.resolve({ ok: true })
  expect((await response).status).toBe(200)
  await closed
})
