import http from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { fileFunction } from '../../lib/runtime/file-function.ts'
import { receiveFunction } from '../../lib/runtime/receive-function.ts'
import { startGateway } from '../../local/gateway.ts'
import type { Handler } from '../../local/invoke.ts'
import { allOf } from '../support/crm.ts'
import { startPipe } from '../support/pipe.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const PAGE = 'https://www.example.com'

type Instance = Parameters<typeof defineConfig>[0]['sources'][string]

/** The functions browsers talk to behind a gateway, with one form of the test's own. */
async function setUp(contact: Partial<Instance> = {}) {
  const running = await startPipe()
  const config = (publicUrl: string) =>
    defineConfig({
      installation: 'test',
      publicUrl,
      sources: { contact: { source: 'web-form', ...contact } },
    })
  let pipe = running.pipe
  const route = (method: string, path: string, handler: unknown) => ({
    method,
    path,
    functionName: 'f',
    timeoutMs: 28_000,
    memoryMB: 512,
    handler: async () => handler as Handler,
  })
  const receiving = receiveFunction('form', async () => pipe)
  const gateway = await startGateway({
    routes: [
      route('POST', '/forms/{name}', receiving),
      route('OPTIONS', '/forms/{name}', receiving),
      route(
        'GET',
        '/files/{id}/{index}',
        fileFunction(async () => pipe),
      ),
    ],
    port: 0,
    host: '127.0.0.1',
  })
  onTestFinished(() => gateway.close())
  pipe = { ...pipe, config: config(gateway.url), secret: async () => ['the captcha secret'] }
  const post = (fields: Record<string, string> | FormData, headers: Record<string, string> = {}) =>
    fetch(`${gateway.url}/forms/contact`, {
      method: 'POST',
      body: fields instanceof FormData ? fields : new URLSearchParams(fields),
      headers,
    })
  const notes = async () => (await allOf(running.emulator, 'Notes')).map((note) => String(note['Note_Note']))
  return { ...running, pipe, url: gateway.url, post, notes }
}

const outcomeOf = async (answer: Response) => ((await answer.json()) as { outcome: string }).outcome

test('a script of a listed page may post and read the answer, one of another page may not', async () => {
  const { url, post } = await setUp({ origins: [PAGE] })
  const preflight = (origin: string) =>
    fetch(`${url}/forms/contact`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
  const allowed = await preflight(PAGE)
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, PAGE])
  expect(allowed.headers.get('access-control-allow-headers')).toContain('content-type')
  const refused = await preflight('https://evil.example')
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([204, null])
  const answer = await post({ email: 'a@example.com' }, { origin: PAGE })
  expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([
    PAGE,
    'origin',
  ])
  const other = await post({ email: 'b@example.com' }, { origin: 'https://evil.example' })
  expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([200, null])
})

test('a script of a listed page can read why it was refused', async () => {
  const { url } = await setUp({ origins: [PAGE] })
  const headers = { origin: PAGE, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/forms/contact`, { method: 'POST', body: '{', headers })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([400, PAGE])
})

const minimumFill = { milliseconds: 2_000 }

test.each([
  [{ fill_ms: '1999' }, minimumFill, 'ignored'],
  [{ fill_ms: '2000' }, minimumFill, 'done'],
  [{}, minimumFill, 'done'],
  [{}, { ...minimumFill, required: true }, 'ignored'],
  [{ fill_ms: 'soon' }, { ...minimumFill, required: true }, 'ignored'],
  [{ t: '10' }, { ...minimumFill, field: 't' }, 'ignored'],
])('a form with %j and %j is %s', async (fields, minimum, outcome) => {
  const { post } = await setUp({ options: { minimumFill: minimum } })
  expect(await outcomeOf(await post({ email: 'a@example.com', ...fields }))).toBe(outcome)
})

test('how long it took to fill in is no part of what was sent', async () => {
  const { post, notes } = await setUp({ options: { minimumFill } })
  const first = await post({ email: 'a@example.com', fill_ms: '5000' })
  const second = await post({ email: 'a@example.com', fill_ms: '5400' })
  expect([await outcomeOf(first), await outcomeOf(second)]).toEqual(['done', 'duplicate'])
  expect((await notes()).join()).not.toContain('fill_ms')
})

/** A captcha service on a port of its own, and what it was asked. */
async function captchaService(answer: (asked: URLSearchParams) => object | number) {
  const asked: URLSearchParams[] = []
  const server = http.createServer(async (request, response) => {
    const body = new URLSearchParams(
      Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString(),
    )
    asked.push(body)
    const given = answer(body)
    if (typeof given === 'number') response.writeHead(given).end('busy')
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  return { asked, baseUrl: `http://127.0.0.1:${port}/siteverify` }
}

function protectedBy(baseUrl: string, captcha: object): Partial<Instance> {
  return { options: { captcha }, api: { credentials: { captcha: 'CAPTCHA_SECRET' }, baseUrl } }
}

test.each([
  ['turnstile', 'cf-turnstile-response'],
  ['hcaptcha', 'h-captcha-response'],
  ['recaptcha', 'g-recaptcha-response'],
])('%s is asked with our secret, the answer and the address', async (service, field) => {
  const { asked, baseUrl } = await captchaService(() => ({ success: true }))
  const { post, notes } = await setUp(protectedBy(baseUrl, { service }))
  const answer = await post({ email: 'a@example.com', [field]: 'solved' })
  expect(await outcomeOf(answer)).toBe('done')
  expect(asked.map((body) => Object.fromEntries(body))).toEqual([
    { secret: 'the captcha secret', response: 'solved', remoteip: '127.0.0.1' },
  ])
  expect((await notes()).join()).not.toMatch(/solved|captcha/)
})

test.each([
  ['was not solved', { success: false, 'error-codes': ['invalid-input-response'] }],
  ['has too low a score', { success: true, score: 0.4 }],
])(
  'a form whose captcha %s is refused and not stored, so that the visitor can try again',
  async (_, given) => {
    let result: object = given
    const { baseUrl } = await captchaService(() => result)
    const { post, pipe } = await setUp(protectedBy(baseUrl, { service: 'recaptcha' }))
    const fields = { email: 'a@example.com', 'g-recaptcha-response': 'x' }
    const refused = await post(fields, BROWSER)
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('please try again')])
    expect(await Array.fromAsync(pipe.ledger.events())).toEqual([])
    result = { success: true, score: 0.9 }
    expect(await outcomeOf(await post(fields))).toBe('done')
  },
)

test('a form without the answer to its captcha is refused, and nobody is asked', async () => {
  const { asked, baseUrl } = await captchaService(() => ({ success: true }))
  const { post } = await setUp(protectedBy(baseUrl, { service: 'turnstile' }))
  expect((await post({ email: 'a@example.com' })).status).toBe(403)
  expect(asked).toEqual([])
})

test.each([
  ['is down', 503],
  ['has an error of its own', { success: false, 'error-codes': ['internal-error'] }],
  ['answers nonsense', []],
])('while the captcha service %s a form is accepted, and the note says so', async (_, given) => {
  const { baseUrl } = await captchaService(() => given)
  const { post, notes } = await setUp(protectedBy(baseUrl, { service: 'hcaptcha' }))
  expect(await outcomeOf(await post({ email: 'a@example.com', 'h-captcha-response': 'x' }))).toBe('done')
  expect((await notes()).join()).toContain('captcha service did not answer')
})

test.each([
  ['has none', protectedBy('http://127.0.0.1:9', { service: 'turnstile' }), {}],
  ['is refused by the service', {}, { success: false, 'error-codes': ['invalid-input-secret'] }],
])('a captcha secret that %s is our fault: 503, and nothing is stored', async (_, instance, given) => {
  const { baseUrl } = await captchaService(() => given)
  const configured = { ...protectedBy(baseUrl, { service: 'turnstile' }), ...instance, api: { baseUrl } }
  const withSecret = { ...configured, api: { baseUrl, credentials: { captcha: 'CAPTCHA_SECRET' } } }
  const { post, pipe } = await setUp(Object.keys(given).length > 0 ? withSecret : configured)
  const answer = await post({ email: 'a@example.com', 'cf-turnstile-response': 'x' })
  expect(answer.status).toBe(503)
  expect(await Array.fromAsync(pipe.ledger.events())).toEqual([])
})

/** A form with two files; the bytes of the second are all there are. */
function withFiles(): FormData {
  const form = new FormData()
  form.set('email', 'a@example.com')
  form.append('plan', new File(['the plan'], 'plan.txt', { type: 'text/html' }))
  form.append('all', new File([Uint8Array.from({ length: 256 }, (_, index) => index)], 'żółw.bin'))
  return form
}

function linksIn(notes: readonly string[]): string[] {
  return notes.join('\n').match(/http:\S+\/files\/\S+/g) ?? []
}

test('the note links each file that was sent, and the link gives its bytes back to be saved', async () => {
  const { post, notes } = await setUp()
  expect(await outcomeOf(await post(withFiles()))).toBe('done')
  const [plan = '', all = ''] = linksIn(await notes())
  const first = await fetch(plan)
  expect([first.status, await first.text()]).toEqual([200, 'the plan'])
  expect(first.headers.get('content-type')).toBe('application/octet-stream')
  expect(first.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''plan.txt")
  const bytes = Buffer.from(await (await fetch(all)).arrayBuffer())
  expect([bytes.length, bytes.at(-1)]).toEqual([256, 255])
})

test('a link that was changed gives nothing: not another file, another delivery or another time', async () => {
  const { post, notes } = await setUp()
  await post(withFiles())
  const [link = ''] = linksIn(await notes())
  const changed = [
    link.replace(/\/0\?/, '/1?'),
    link.replace(/expires=\d+/, 'expires=99999999999999'),
    link.replace(/files\/[^/]+/, 'files/contact%3Aother'),
    link.replace(/signature=.*/, 'signature='),
    link.replace(/\?.*/, ''),
  ]
  expect(await Promise.all(changed.map(async (url) => (await fetch(url)).status))).toEqual(Array(5).fill(403))
})

test('a link is good until the payload may go, and no longer', async () => {
  const { post, notes, advance } = await setUp()
  await post(withFiles())
  const [link = ''] = linksIn(await notes())
  const day = 24 * 60 * 60_000
  advance(29 * day)
  expect((await fetch(link)).status).toBe(200)
  advance(2 * day)
  expect((await fetch(link)).status).toBe(410)
})

test('a file of 4 MB is kept, a larger one is refused with the limit', async () => {
  const { post, notes } = await setUp()
  const megabytes = (count: number) => {
    const form = new FormData()
    form.set('email', 'a@example.com')
    form.set('scan', new File([new Uint8Array(count * 1024 * 1024)], 'scan.tif'))
    return form
  }
  expect(await outcomeOf(await post(megabytes(4)))).toBe('done')
  const [link = ''] = linksIn(await notes())
  expect((await (await fetch(link)).arrayBuffer()).byteLength).toBe(4 * 1024 * 1024)
  const refused = await post(megabytes(4.3), BROWSER)
  expect([refused.status, await refused.text()]).toEqual([
    413,
    expect.stringMatching(/more than the \d+ allowed/),
  ])
})

test('a missing e-mail address or phone number is no mistake', async () => {
  const { post } = await setUp()
  expect(await outcomeOf(await post({ message: 'call me, I am in the book' }))).toBe('done')
})
