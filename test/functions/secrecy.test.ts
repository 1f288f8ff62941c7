import { expect, onTestFinished, test, vi } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { createLog } from '../../lib/runtime/log.ts'
import { receiveFunction } from '../../lib/runtime/receive-function.ts'
import { invoke } from '../../local/invoke.ts'
import { startPipe } from '../support/pipe.ts'

/** Before the handlers make their log: in this mode it goes through the console of this process. */
vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_LOG_LEVEL: 'DEBUG' }))

const TOKEN = 'quixotic-token-nobody-guesses'
const WRONG = 'quixotic-token-that-is-wrong'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'http://localhost',
  sources: {
    any: { source: 'generic-form', secrets: ['TOKEN'] },
    page: { source: 'web-form', secrets: ['TOKEN'] },
    builder: { source: 'jotform', secrets: ['TOKEN'] },
    signed: { source: 'generic-form', secrets: ['TOKEN'], options: { signature: { header: 'x-sig' } } },
  },
})

/** Everything that is logged. */
function overhear(): string[] {
  const heard: string[] = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => void heard.push(words.map(String).join(' ')))
  onTestFinished(() => void vi.restoreAllMocks())
  return heard
}

type Sent = { readonly token?: string; readonly headers?: Record<string, string>; readonly method?: string }

test('no token, password or signature is logged, stored or answered, right or wrong', async () => {
  const heard = overhear()
  const { pipe: plain } = await startPipe({ config, secret: async () => [TOKEN] })
  const pipe = { ...plain, log: createLog() }
  const handler = receiveFunction('form', async () => pipe)
  const answers: unknown[] = []
  const post = async (name: string, { token, headers = {}, method = 'POST' }: Sent) => {
    const path = token === undefined ? `/forms/${name}` : `/forms/${name}/${token}`
    const event = {
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      rawPath: path,
      rawQueryString: '',
      pathParameters: { name, ...(token !== undefined && { token }) },
      requestContext: { requestId: 'r', http: { method, path, sourceIp: '::1' } },
      body: JSON.stringify({ message: `to ${name} ${answers.length}` }),
      isBase64Encoded: false,
    }
    answers.push(await invoke(handler, event, { functionName: 'f', timeoutMs: 28_000, memoryMB: 512 }))
  }
  const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`
  for (const name of ['any', 'page', 'builder', 'signed']) {
    for (const secret of [TOKEN, WRONG]) {
      await post(name, { token: secret })
      await post(name, { headers: { 'x-webhook-token': secret, 'x-sig': secret } })
      await post(name, { headers: { authorization: basic(secret), cookie: secret } })
      await post(name, { token: secret, method: 'GET' })
    }
  }
  const events = await Array.fromAsync(pipe.ledger.events())
  const receipts = await Promise.all(events.map(({ id }) => pipe.ledger.load(id)))
  const bodies = await Promise.all(events.map((event) => pipe.ledger.payload(event)))
  expect(bodies.length).toBeGreaterThan(4)
  const written = JSON.stringify([heard, answers, events, receipts, bodies])
  expect(written).toMatch(/to any 0/)
  expect(heard.join()).toMatch(/"refused"/)
  const secrets = [TOKEN, WRONG].flatMap((secret) => [
    secret,
    Buffer.from(`any:${secret}`).toString('base64'),
  ])
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([])
})
