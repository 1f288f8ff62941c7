import { expect, onTestFinished, test } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { answerToReceived } from '../../lib/runtime/answers.ts'
import { receiveFunction } from '../../lib/runtime/receive-function.ts'
import { SignatureError } from '../../lib/sources/errors.ts'
import type { Source } from '../../lib/sources/source.ts'
import { startGateway } from '../../local/gateway.ts'
import { readTemplate } from '../../local/template.ts'
import { startPipe } from '../support/pipe.ts'

/** A source whose vendor echoes a challenge, pings, and waits for nothing. */
const hasty: Source = {
  name: 'hasty',
  kind: 'order',
  inlineBudgetMs: 0,
  handshake({ method, rawQuery, body }) {
    const challenge = new URLSearchParams(rawQuery).get('challenge')
    if (method === 'GET' && challenge !== null) return { status: 200, body: challenge }
    const isPing = method === 'POST' && body.toString() === 'ping=1'
    return isPing ? { status: 202, headers: { 'x-hook': 'yes' }, body: '' } : undefined
  },
  async verify({ body, headers }) {
    if (headers['x-key'] !== 'right') throw new SignatureError('wrong key')
    return { headers: {}, payload: body.toString() }
  },
  identify: ({ payload }) => ({ id: String(payload), aliases: [] }),
  toEvent: () => ({ kind: 'ignored', reason: 'test' }),
  sign: () => ({ 'x-key': 'right' }),
}

/** The routes serverless.yml gives the function for orders, in front of a pipe of the test's own. */
async function setUp() {
  const config = defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    sources: { shop: { source: 'hasty' } },
  })
  const running = await startPipe({ config, loadSource: async () => hasty })
  const handler = async () => receiveFunction('order', async () => running.pipe) as never
  const { functions } = await readTemplate()
  const routes = functions['receive-order']?.routes ?? []
  const gateway = await startGateway({
    routes: routes.map((route) => ({
      ...route,
      functionName: 'f',
      timeoutMs: 28_000,
      memoryMB: 512,
      handler,
    })),
    port: 0,
    host: '127.0.0.1',
  })
  onTestFinished(() => gateway.close())
  const ask = (path: string, init?: RequestInit) => fetch(gateway.url + path, init)
  return { ...running, ask, events: () => Array.fromAsync(running.pipe.ledger.events()) }
}

test.each(['/orders/shop', '/orders/shop/token'])(
  'a challenge at %s is answered before anything is verified, and stores nothing',
  async (path) => {
    const { ask, events, metrics } = await setUp()
    const response = await ask(`${path}?challenge=%3Cb%3E`)
    expect([response.status, await response.text()]).toEqual([200, '<b>'])
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await events()).toEqual([])
    expect(metrics).toEqual([{ name: 'handshakes', value: 1 }])
  },
)

test('a ping that is posted gets the status, headers and body its source says', async () => {
  const { ask, events } = await setUp()
  const response = await ask('/orders/shop', { method: 'POST', body: 'ping=1' })
  expect([response.status, await response.text(), response.headers.get('x-hook')]).toEqual([202, '', 'yes'])
  expect(await events()).toEqual([])
})

test.each([
  ['/orders/shop', 405, 'POST'],
  ['/orders/nobody?challenge=1', 404, null],
])('GET %s, which is no handshake, answers %i', async (path, status, allow) => {
  const { ask } = await setUp()
  const response = await ask(path)
  expect([response.status, response.headers.get('allow')]).toEqual([status, allow])
})

test('a sender that waits for nothing is answered from the receipt; the queue does the rest', async () => {
  const { ask, queued, events, untilFinished, metrics } = await setUp()
  const headers = { 'x-key': 'right' }
  const response = await ask('/orders/shop', { method: 'POST', body: '1001', headers })
  expect([response.status, await response.json()]).toEqual([
    200,
    { reference: 'shop:1001', outcome: 'queued' },
  ])
  expect(queued).toEqual([{ eventId: 'shop:1001', delayMs: 0 }])
  expect(await events()).toMatchObject([{ id: 'shop:1001', attempts: 0 }])
  expect(metrics).toEqual([{ name: 'recorded', value: 1 }])
  expect(await untilFinished('shop:1001')).toMatchObject({ kind: 'ignored', reason: { code: 'test' } })
})

test('a sender that is not let in is answered 401 and counted, and nothing is stored', async () => {
  const { ask, events, metrics } = await setUp()
  const response = await ask('/orders/shop', { method: 'POST', body: '1001' })
  expect([response.status, await response.json()]).toEqual([401, { error: 'wrong key' }])
  expect(await events()).toEqual([])
  expect(metrics).toEqual([{ name: 'refused', value: 1 }])
})

test('a visitor is told the number of the case, a shop is not', () => {
  const bound = { resource: 'Cases', id: '7', hashes: {}, state: 'bound' }
  const outcome = { kind: 'done', bindings: { case: bound }, effects: {} } as const
  const received = { eventId: 'a:1', outcome, instance: undefined } as never
  expect(answerToReceived(received, 'form').body).toEqual({ reference: 'a:1', outcome: 'done', caseId: '7' })
  expect(answerToReceived(received, 'order').body).toEqual({ reference: 'a:1', outcome: 'done' })
})
