import { once } from 'node:events'
import http from 'node:http'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startGateway } from '../../local/gateway.ts'
import { gatewayOf, post } from './gateway-support.ts'

const MB = 1024 * 1024
const never = () => new Promise(() => undefined)

describe('an answer', () => {
  it('has the status, headers, cookies and binary body of the result', async () => {
    const body = Buffer.from([1, 2, 255]).toString('base64')
    const result = {
      statusCode: 418,
      headers: { 'X-A': 'b', 'x-n': 1 },
      cookies: ['c=1', 'd=2'],
      body,
      isBase64Encoded: true,
    }
    const response = await post(await gatewayOf(() => result))
    expect([response.status, response.headers.get('x-a'), response.headers.get('x-n')]).toEqual([
      418,
      'b',
      '1',
    ])
    expect(response.headers.getSetCookie()).toEqual(['c=1', 'd=2'])
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([1, 2, 255]))
  })

  it.each([{ ok: 1 }, 'text', 7, [1], null])(
    'is the JSON of a result without status code: %j',
    async (result) => {
      const response = await post(await gatewayOf(() => result))
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
      expect(await response.json()).toEqual(result)
    },
  )

  it('of a function without a result is null', async () => {
    expect(await (await post(await gatewayOf(() => undefined))).json()).toBeNull()
  })

  it('is plain text where the function names no type', async () => {
    const response = await post(await gatewayOf(() => ({ statusCode: 200, headers: null, body: 'é' })))
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/plain; charset=utf-8',
      'é',
    ])
  })

  it('has the length of its body, whatever the function says', async () => {
    const result = {
      statusCode: 200,
      headers: { 'Content-Length': '1', Connection: 'close' },
      body: 'longer',
    }
    expect(await (await post(await gatewayOf(() => result))).text()).toBe('longer')
  })

  it('may have no body', async () => {
    const response = await post(await gatewayOf(() => ({ statusCode: 204 })))
    expect([response.status, await response.text()]).toEqual([204, ''])
  })
})

describe('a failure of the function', () => {
  it.each([
    ['an exception', () => Promise.reject(new Error('secret'))],
    [
      'an exception at once',
      () => {
        throw new Error('secret')
      },
    ],
    ['a result that is no JSON', () => 1n],
    ['a status that is no number', () => ({ statusCode: 'ok' })],
    ['a body that is no text', () => ({ statusCode: 200, body: { secret: 1 } })],
    ['a header that would break the answer', () => ({ statusCode: 200, headers: { a: 'secret\r\nb: c' } })],
  ])('is a 500 that says nothing about it: %s', async (_, handler) => {
    const onFailure = vi.fn()
    const response = await post(await gatewayOf(handler, { onFailure }))
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }])
    expect(onFailure).toHaveBeenCalledOnce()
  })

  it('is told with its cause', async () => {
    const onFailure = vi.fn()
    const cause = new Error('secret')
    await post(await gatewayOf(() => Promise.reject(cause), { onFailure }))
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ name: 'FunctionError', cause }))
  })

  it('is a 503 when it runs into its timeout', async () => {
    const onFailure = vi.fn()
    const response = await post(await gatewayOf(never, { timeoutMs: 20, onFailure }))
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }])
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ name: 'FunctionTimeoutError' }))
  })

  it('is a 503 when the gateway has waited long enough; the function still has its own time', async () => {
    const left = vi.fn()
    const handler: Parameters<typeof gatewayOf>[0] = (_, context) => {
      left(context.getRemainingTimeInMillis())
      return never()
    }
    const gateway = await gatewayOf(handler, { timeoutMs: 3_000, integrationLimitMs: 20 })
    expect((await post(gateway)).status).toBe(503)
    expect(left.mock.lastCall?.[0]).toBeGreaterThan(1_000)
    expect(left.mock.lastCall?.[0]).toBeLessThanOrEqual(3_000)
  })
})

describe('a large body', () => {
  it('of a few megabytes reaches the function', async () => {
    const gateway = await gatewayOf(({ body }) => ({ length: body?.length }))
    const response = await post(gateway, {
      body: 'x'.repeat(5 * MB),
      headers: { 'content-type': 'text/plain' },
    })
    expect(await response.json()).toEqual({ length: 5 * MB })
  })

  it('is 413 when its event is larger than Lambda takes, as base64 makes it', async () => {
    const handler = vi.fn()
    const response = await post(await gatewayOf(handler), { body: Buffer.alloc(5 * MB, 1) })
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }])
    expect(handler).not.toHaveBeenCalled()
  })

  it('is 413 as soon as its length says so, and a sender that goes on for ever is cut off', async () => {
    const { url } = await gatewayOf(() => ({}))
    const headers = { 'content-length': 11 * MB }
    const agent = new http.Agent({ keepAlive: true })
    const request = http.request(`${url}/forms/x`, { method: 'POST', headers, agent })
    request.on('error', () => undefined).write('x')
    const sending = setInterval(() => request.write('x'), 20)
    onTestFinished(() => clearInterval(sending))
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    expect(response.statusCode).toBe(413)
    const cutOff = once(response.socket, 'close')
    response.resume()
    await cutOff
  })

  it('is 413 as soon as it has grown too long, when it does not say its length', async () => {
    const gateway = await gatewayOf(() => ({}))
    let sentInMB = 0
    const body = new ReadableStream({
      pull: (controller) => {
        sentInMB += 1
        controller.enqueue(Buffer.alloc(MB))
        if (sentInMB === 12) controller.close()
      },
    })
    expect((await post(gateway, { body, duplex: 'half' })).status).toBe(413)
  })

  it('that breaks off starts nothing, and the next request is served', async () => {
    const handler = vi.fn(() => ({ ok: true }))
    const gateway = await gatewayOf(handler)
    const request = http.request(`${gateway.url}/forms/x`, {
      method: 'POST',
      headers: { 'content-length': 9 },
    })
    request.on('error', () => undefined)
    await new Promise<void>((sent) => {
      request.write('half', () => sent())
    })
    request.destroy()
    expect((await post(gateway)).status).toBe(200)
    expect(handler).toHaveBeenCalledOnce()
  })
})

it('runs many functions at a time, each with its own answer', async () => {
  const CALLERS = 40
  const everybody = Promise.withResolvers<void>()
  let arrived = 0
  const gateway = await gatewayOf(async ({ pathParameters }) => {
    arrived += 1
    if (arrived === CALLERS) everybody.resolve()
    await everybody.promise
    return pathParameters
  })
  const names = Array.from({ length: CALLERS }, (_, index) => `caller-${index}`)
  const answers = await Promise.all(
    names.map(async (name) => (await post(gateway, {}, `/forms/${name}`)).json()),
  )
  expect(answers).toEqual(names.map((name) => ({ name })))
})

describe('closing', () => {
  async function oneInFlight(settings: Parameters<typeof gatewayOf>[1]) {
    const started = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<object>()
    const handler = vi.fn(() => {
      started.resolve()
      return answer.promise
    })
    const gateway = await gatewayOf(handler, settings)
    const response = post(gateway)
    response.catch(() => undefined)
    await started.promise
    return { gateway, response, answer }
  }

  it('finishes what is in flight, and its connections with it', async () => {
    const { gateway, response, answer } = await oneInFlight({ closeWithinMs: 60_000 })
    const closed = gateway.close()
    await expect(post(gateway)).rejects.toThrow()
    answer.resolve({ ok: true })
    expect([(await response).status, (await response).headers.get('connection')]).toEqual([200, 'close'])
    await closed
  })

  it('ends idle connections at once', async () => {
    const gateway = await gatewayOf(() => ({}), { closeWithinMs: 60_000 })
    const agent = new http.Agent({ keepAlive: true })
    const request = http.request(`${gateway.url}/forms/x`, { method: 'POST', agent }).end()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const ended = once(response.socket, 'close')
    await once(response.resume(), 'end')
    await gateway.close()
    await ended
  })

  it('waits for a function whose caller has gone', async () => {
    const started = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const order: string[] = []
    const handler = async () => {
      started.resolve()
      await goOn.promise
      order.push('done')
    }
    const gateway = await gatewayOf(handler, { closeWithinMs: 60_000 })
    const caller = new AbortController()
    const response = post(gateway, { signal: caller.signal })
    await started.promise
    caller.abort()
    await expect(response).rejects.toThrow()
    const closed = gateway.close().then(() => order.push('closed'))
    for (let tries = 0; tries < 10; tries += 1) await expect(post(gateway)).rejects.toThrow()
    goOn.resolve()
    await closed
    expect(order).toEqual(['done', 'closed'])
  })

  it('cuts off what takes too long', async () => {
    const { gateway, response } = await oneInFlight({ closeWithinMs: 20 })
    await gateway.close()
    await expect(response).rejects.toThrow()
  })
})

it('does not start on a port that is taken', async () => {
  const { port } = await gatewayOf(() => ({}))
  await expect(startGateway({ routes: [], port, host: '127.0.0.1' })).rejects.toThrow(/EADDRINUSE/)
})
