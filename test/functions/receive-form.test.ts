import { describe, expect, it, onTestFinished } from 'vitest'
import { receiveFunction } from '../../lib/runtime/receive-function.ts'
import { startGateway } from '../../local/gateway.ts'
import { allOf, breakCrm } from '../support/crm.ts'
import { startPipe } from '../support/pipe.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const FORM = { name: 'Maeve Murphy', email: 'maeve@example.com', message: 'Hello' }

/** The real handlers behind a gateway, on a pipe of the test's own. */
async function setUp() {
  const running = await startPipe()
  const kinds = [
    ['form', '/forms/{name}'],
    ['form', '/forms/{name}/{token}'],
    ['order', '/orders/{name}'],
  ] as const
  const routes = kinds.map(([kind, path]) => {
    const handler = async () => receiveFunction(kind, async () => running.pipe) as never
    return {
      method: 'POST',
      path,
      functionName: `receive-${kind}`,
      timeoutMs: 28_000,
      memoryMB: 512,
      handler,
    }
  })
  const gateway = await startGateway({ routes, port: 0, host: '127.0.0.1' })
  onTestFinished(() => gateway.close())
  const post = (path: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { method: 'POST', body, headers, redirect: 'manual' })
  return { ...running, post }
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields)

describe('a form that was posted', () => {
  it('is answered with its reference, outcome and case, and with ids in the headers', async () => {
    const { post, emulator } = await setUp()
    const response = await post('/forms/contact', form(FORM))
    const [found] = await allOf(emulator, 'Cases')
    const body = (await response.json()) as Record<string, string>
    expect([response.status, body]).toEqual([
      200,
      {
        reference: expect.stringMatching(/^contact:[a-z2-7]{26}$/),
        outcome: 'done',
        caseId: String(found?.['$key']),
      },
    ])
    expect(response.headers.get('x-event-id')).toBe(body['reference'])
    expect(response.headers.get('x-correlation-id')).toMatch(/^[\w-]{20,}$/)
  })

  it('is answered queued, still 200, when the CRM is down', async () => {
    const { post, emulator, queued } = await setUp()
    await emulator.close()
    const response = await post('/forms/contact', form(FORM))
    const body = (await response.json()) as Record<string, string>
    expect([response.status, body['outcome']]).toEqual([200, 'queued'])
    expect(queued.map(({ eventId }) => eventId)).toEqual([body['reference']])
  })

  it('shows a browser a page, or sends it on to the configured address', async () => {
    const { post } = await setUp()
    const page = await post('/forms/contact', form(FORM), BROWSER)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const redirect = await post(
      '/forms/thanking',
      form({ ...FORM, redirect: 'https://evil.example' }),
      BROWSER,
    )
    expect([redirect.status, redirect.headers.get('location')]).toEqual([303, 'https://example.com/thanks'])
  })

  it('is the same case however often and in whichever encoding it arrives with its submission id', async () => {
    const { post, emulator } = await setUp()
    const fields = { ...FORM, submission_id: 'abc' }
    const multipart = new FormData()
    for (const [name, value] of Object.entries(fields)) multipart.append(name, value)
    const json = { 'content-type': 'application/json' }
    const outcomes: unknown[] = []
    for (const [body, headers] of [[form(fields)], [multipart], [JSON.stringify(fields), json]] as const) {
      outcomes.push(
        ((await (await post('/forms/contact', body, headers)).json()) as { outcome: string }).outcome,
      )
    }
    expect(outcomes).toEqual(['done', 'duplicate', 'duplicate'])
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
  })

  it('tells a duplicate what the first one came to, also while that waits', async () => {
    const { post, emulator } = await setUp()
    await breakCrm(emulator, {
      fault: { kind: 'status', status: 503, retryAfterS: 9, when: 'before-commit' },
    })
    await post('/forms/contact', form(FORM))
    const second = await post('/forms/contact', form(FORM))
    expect(await second.json()).toMatchObject({ outcome: 'duplicate', first: 'queued' })
  })
})

describe('bad input', () => {
  it.each([
    [
      'a truncated multipart body',
      '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nhal',
      'multipart/form-data; boundary=x',
      400,
    ],
    ['multipart without a boundary', 'x', 'multipart/form-data', 400],
    ['broken JSON', '{"email":', 'application/json', 400],
    ['an unknown charset', 'a=b', 'application/x-www-form-urlencoded; charset=klingon', 400],
    ['a body of 2 MB', `message=${'x'.repeat(2 * 1024 * 1024)}`, 'application/x-www-form-urlencoded', 413],
  ])('%s stores nothing and says what is wrong', async (_, body, type, status) => {
    const { post, pipe, emulator } = await setUp()
    const response = await post('/forms/contact', body, { 'content-type': type })
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([status, ['error']])
    expect(await Array.fromAsync(pipe.ledger.events())).toEqual([])
    expect(await allOf(emulator, 'Cases')).toEqual([])
  })

  it.each([
    ['an unknown content type', '<order/>', 'application/vnd.unknown', 'not a form'],
    [
      'a form without a filled field',
      'email=&message=',
      'application/x-www-form-urlencoded',
      'no filled field',
    ],
    ['a JSON array', '[1,2]', 'application/json', 'not a form'],
  ])('%s is parked with its payload and answered 200', async (_, body, type, why) => {
    const { post, pipe } = await setUp()
    const response = await post('/forms/contact', body, { 'content-type': type })
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ outcome: 'parked' }),
    ])
    const [event] = await Array.fromAsync(pipe.ledger.events())
    expect(event).toMatchObject({ state: 'parked', reason: { code: 'not-understood' } })
    expect(event?.reason?.message).toContain(why)
  })

  it.each([
    ['a missing e-mail address', { message: 'Hello' }],
    ['an e-mail address that is none', { email: 'maeve at example', message: 'Hello' }],
    ['a name of 300 characters', { ...FORM, name: `Maeve ${'M'.repeat(300)}` }],
    ['a company of 300 emoji', { ...FORM, company: '🏭'.repeat(300) }],
    ['a subject of 300 characters', { ...FORM, subject: 's'.repeat(300) }],
    ['quotes and wildcards', { ...FORM, name: "Maeve O'Brien", company: "O'Brien & 100% _Sons_ '); drop" }],
    ['control characters', { ...FORM, company: 'Acme\u0000\u0007\nLtd', message: 'a\u0000b' }],
    [
      'keys that objects inherit',
      { ...FORM, __proto__x: 'y', ['__proto__']: 'polluted', constructor: 'x', toString: 'z' },
    ],
    ['latin1 bytes', { ...FORM, name: 'José' }],
  ])('%s still becomes exactly one case with everything in its note', async (name, fields) => {
    const { post, emulator } = await setUp()
    const encoded = form(fields as Record<string, string>).toString()
    const body = name === 'latin1 bytes' ? encoded.replace('%C3%A9', '%E9') : encoded
    const response = await post('/forms/contact', body, {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(await response.json()).toMatchObject({ outcome: 'done' })
    expect(await allOf(emulator, 'Cases')).toHaveLength(1)
    const [note] = await allOf(emulator, 'Notes')
    for (const value of Object.values(fields)) {
      const clean = value.replaceAll('\u0000', '').replaceAll('\u0007', '')
      expect(String(note?.['Note_Note'])).toContain(clean)
    }
  })

  it("finds O'Brien's company and 100% again", async () => {
    const { post, emulator } = await setUp()
    for (const company of ["O'Brien & Sons", '100% Wool', '100x Wool']) {
      for (const message of ['one', 'two']) await post('/forms/contact', form({ ...FORM, company, message }))
    }
    const names = (await allOf(emulator, 'Company')).map((row) => row['Comp_Name'])
    expect(names.toSorted()).toEqual(['100% Wool', '100x Wool', "O'Brien & Sons"])
  })

  it('in the honeypot is ignored, and the robot is answered like anybody', async () => {
    const { post, emulator } = await setUp()
    const response = await post('/forms/contact', form({ ...FORM, _gotcha: 'buy' }))
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ outcome: 'ignored' }),
    ])
    expect(await allOf(emulator, 'Cases')).toEqual([])
  })
})

describe('an address', () => {
  it.each([
    ['/forms/nobody', 404],
    ['/forms/__proto__', 404],
    ['/forms/constructor', 404],
    ['/orders/contact', 404],
    ['/forms/private', 401],
    ['/forms/private/wrong', 401],
    ['/forms/private/s3cret', 200],
    ['/forms/forgotten', 503],
    ['/forms/forgotten/', 404],
  ])('%s answers %i', async (path, status) => {
    const { post } = await setUp()
    expect((await post(path, form(FORM))).status).toBe(status)
  })
})

it('answers 503 when nothing can be stored', async () => {
  const { post, pipe } = await setUp()
  await pipe.ledger.store.close()
  const response = await post('/forms/contact', form(FORM))
  expect([response.status, await response.json()]).toEqual([
    503,
    { error: 'not stored, please send it again' },
  ])
})
