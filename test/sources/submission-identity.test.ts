import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Identity, SourceContext } from '../../lib/sources/source.ts'
import { webForm } from '../../lib/sources/web-form.ts'
import { post } from '../support/http-request.ts'
import { propertyRuns } from '../support/property.ts'

const MINUTE_MS = 60_000
const NOON_MS = Date.UTC(2026, 2, 12, 12)
const context: SourceContext = {
  instance: 'contact',
  options: {},
  secrets: [],
  url: 'https://crm.example.com/forms/contact',
  acceptTests: false,
}

type Sent = { headers?: Record<string, string>; atMs?: number; options?: Record<string, unknown> }

async function identityOf(
  body: URLSearchParams | FormData | string,
  { headers = {}, atMs = NOON_MS, options = {} }: Sent = {},
): Promise<Identity> {
  const encoded = new Response(body)
  const request = post(Buffer.from(await encoded.arrayBuffer()), {
    contentType: encoded.headers.get('content-type') ?? '',
    headers,
  })
  const verified = await webForm.verify(request, { ...context, options }, atMs)
  return webForm.identify(verified, { ...context, options }, atMs)
}

function form(entries: Record<string, string>): URLSearchParams {
  return new URLSearchParams(entries)
}

test('an id is 26 characters of lower-case base32', async () => {
  const { id, aliases } = await identityOf(form({ a: '1' }))
  for (const each of [id, ...aliases]) expect(each).toMatch(/^[a-z2-7]{26}$/)
})

test('a double click is one submission', async () => {
  expect(await identityOf(form({ a: '1' }), { atMs: NOON_MS + 500 })).toEqual(
    await identityOf(form({ a: '1' })),
  )
})

test('a double click across the edge of ten minutes is found by its alias', async () => {
  const before = await identityOf(form({ a: '1' }), { atMs: NOON_MS - 1 })
  const after = await identityOf(form({ a: '1' }), { atMs: NOON_MS })
  expect(after.id).not.toBe(before.id)
  expect(after.aliases).toEqual([before.id])
})

test('the same words after twenty minutes are another submission', async () => {
  const first = await identityOf(form({ a: '1' }))
  const later = await identityOf(form({ a: '1' }), { atMs: NOON_MS + 20 * MINUTE_MS })
  expect([later.id, ...later.aliases]).not.toContain(first.id)
})

test('the same multipart form posted twice is one submission, although its boundary differs', async () => {
  const data = () => {
    const body = new FormData()
    body.append('a', '1')
    body.append('cv', new Blob(['bytes']), 'cv.txt')
    return body
  }
  expect(await identityOf(data())).toEqual(await identityOf(data()))
})

test('another file under the same name is another submission', async () => {
  const data = (content: string) => {
    const body = new FormData()
    body.append('cv', new Blob([content]), 'cv.txt')
    return body
  }
  expect((await identityOf(data('one'))).id).not.toBe((await identityOf(data('two'))).id)
})

test('a captcha answer that is new with each click does not count', async () => {
  const first = await identityOf(form({ a: '1', 'g-recaptcha-response': 'x' }))
  expect(await identityOf(form({ a: '1', 'g-recaptcha-response': 'y' }))).toEqual(first)
})

test('a filled honeypot makes another submission, so that a robot cannot hide a person', async () => {
  const person = await identityOf(form({ a: '1', _gotcha: '' }))
  expect((await identityOf(form({ a: '1', _gotcha: 'x' }))).id).not.toBe(person.id)
})

test('a submission id with the same content is the same submission for ever', async () => {
  const sent = form({ a: '1', submission_id: '7' })
  const first = await identityOf(sent)
  expect(first.aliases).toEqual([])
  expect(await identityOf(sent, { atMs: NOON_MS + 1_000 * MINUTE_MS })).toEqual(first)
})

test('a submission id with other content is another submission', async () => {
  const first = await identityOf(form({ a: '1', submission_id: '7' }))
  expect((await identityOf(form({ a: '2', submission_id: '7' }))).id).not.toBe(first.id)
})

test('two submission ids with the same content are two submissions', async () => {
  const first = await identityOf(form({ a: '1', submission_id: '7' }))
  expect((await identityOf(form({ a: '1', submission_id: '8' }))).id).not.toBe(first.id)
})

test('an Idempotency-Key header is a submission id, the field counts before it', async () => {
  const key = { 'idempotency-key': 'k1' }
  const byHeader = await identityOf(form({ a: '1' }), { headers: key, atMs: NOON_MS + 500 * MINUTE_MS })
  expect(await identityOf(form({ a: '1' }), { headers: key })).toEqual(byHeader)
  const byField = await identityOf(form({ a: '1', submission_id: '7' }))
  expect(await identityOf(form({ a: '1', submission_id: '7' }), { headers: key })).toEqual(byField)
})

test('the submission id may have another field name', async () => {
  const options = { submissionIdField: 'entry' }
  expect((await identityOf(form({ a: '1', Entry: '7' }), { options })).aliases).toEqual([])
  expect((await identityOf(form({ a: '1', submission_id: '7' }), { options })).aliases).toHaveLength(1)
})

test('a blank submission id counts as none', async () => {
  expect((await identityOf(form({ a: '1', submission_id: ' ' }))).aliases).toHaveLength(1)
})

test('a body that is kept undecoded has an identity too', async () => {
  const first = await identityOf('<a/>')
  expect(await identityOf('<a/>')).toEqual(first)
  expect((await identityOf('<b/>')).id).not.toBe(first.id)
})

test('different entries never share an id', async () => {
  const entries = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 4 })
  const injective = fc.asyncProperty(entries, entries, async (one, other) => {
    const [first, second] = await Promise.all(
      [one, other].map((each) => identityOf(new URLSearchParams(each))),
    )
    expect(first?.id === second?.id).toBe(JSON.stringify(one) === JSON.stringify(other))
  })
  await fc.assert(injective, propertyRuns())
})
