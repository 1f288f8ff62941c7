import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type DialectName, dialects } from '../../emulator/dialects.ts'
import { entities } from '../../emulator/entities/index.ts'
import type { Emulator } from '../../emulator/server.ts'
import { propertyRuns } from '../support/property.ts'
import { startCrm } from './crm.ts'
import { type WireRequest, wireRequest } from './fuzz/requests.ts'

const DIALECTS = Object.keys(dialects) as DialectName[]
/** Twenty times as many with `--mode full`: more than 50 000 requests over all dialects. */
const RUNS = 65
const REQUESTS_PER_RUN = 10

type WireAnswer = { readonly status: number; readonly contentType: string; readonly text: string }

function sender({ port }: Emulator): (wire: WireRequest) => Promise<WireAnswer> {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return ({ method, target, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request({
        port,
        host: '127.0.0.1',
        method,
        path: target,
        headers,
        agent,
        joinDuplicateHeaders: true,
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const [status, contentType] = [response.statusCode ?? 0, response.headers['content-type'] ?? '']
        text(response).then((answered) => resolve({ status, contentType, text: answered }), reject)
      })
      sent.end(body)
    })
}

/** The first diagnosis of an error. */
function diagnosis(answered: string): unknown {
  return (JSON.parse(answered) as { $diagnoses: unknown[] }).$diagnoses[0]
}

describe.each(DIALECTS)('%s, asked anything at all,', (dialect) => {
  it('answers without an error of its own, says what is wrong, and goes on', async () => {
    const switches = { lockOut: 'off', errorBody: 'diagnoses' } as const
    const { emulator, get } = await startCrm({ dialect, seed: true, switches })
    const send = sender(emulator)
    const batches = fc.array(wireRequest, { minLength: REQUESTS_PER_RUN, maxLength: REQUESTS_PER_RUN })
    const property = fc.asyncProperty(batches, async (batch) => {
      for (const wire of batch) {
        const answer = await send(wire)
        expect(answer.status, answer.text).toBeLessThan(500)
        if (answer.status < 400 || wire.method === 'HEAD') continue
        expect(diagnosis(answer.text)).toMatchObject({
          $severity: 'error',
          $message: expect.stringMatching(/./),
        })
      }
    })
    await fc.assert(property, propertyRuns(RUNS))
    for (const { name } of entities)
      expect([name, (await get(`${name}?count=100000`)).status]).toEqual([name, 200])
  })
})

/** What comes back for bytes that need not be HTTP. */
async function raw({ port }: Emulator, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(bytes)
  return text(socket)
}

describe('bytes that are no request', () => {
  it.each([
    ['a request line without a version', 'GET /sdata\r\n\r\n', 400],
    ['a method nobody knows', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost x\r\n\r\n', 400],
    ['a header that is too long', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a host that cannot be one', 'GET / HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n', 400],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 405],
    [
      'an expectation nobody meets',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n',
      404,
    ],
    ['a body that ends too soon', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{', 400],
    [
      'a body larger than any',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n',
      413,
    ],
    ['chunks that are none', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ])('%s are answered with diagnoses', async (_, bytes, status) => {
    const { emulator, get } = await startCrm()
    const answered = await raw(emulator, bytes)
    expect(answered).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answered).toContain('{"$diagnoses":[{"$severity":"error"')
    expect((await get('Company')).status).toBe(200)
  })
})
