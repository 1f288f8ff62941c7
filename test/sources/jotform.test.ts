import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { jotform } from '../../lib/sources/jotform.ts'
import { captionFinder } from '../../lib/sources/jotform-captions.ts'
import type { Json } from '../../lib/sources/source.ts'
import { NOON_MS, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

const BOUNDARY = 'boundary-of-the-test'
const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }

function multipart(parts: Readonly<Record<string, string>>): string {
  const all = Object.entries(parts).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${all.join('')}--${BOUNDARY}--`
}

function submission(raw: Json, more: Readonly<Record<string, string>> = {}): string {
  return multipart({
    formID: '243',
    submissionID: '6084250982513018472',
    webhookURL: 'https://crm.example.com/forms/contact/the-token',
    rawRequest: typeof raw === 'string' ? raw : JSON.stringify(raw),
    ...more,
  })
}

async function told(raw: Json, more: Readonly<Record<string, string>> = {}, nowMs = NOON_MS) {
  return tell(jotform, submission(raw, more), { headers, nowMs })
}

signatureSuite({ source: jotform, body: submission({ q3_message: 'hi' }), headers, proof: 'token' })

test('our token, which Jotform sends back to us, is not stored', async () => {
  expect(JSON.stringify((await told({ q3_message: 'hi' })).verified)).not.toContain('the-token')
})

test.each<[Json, string, object]>([
  [{ first: 'Niloth', middle: 'X', last: 'P' }, 'Niloth X P', { firstName: 'Niloth', lastName: 'P' }],
  [{ full: '(555) 123' }, '(555) 123', { phone: '(555) 123' }],
  [{ area: '555', phone: '123' }, '555 123', { phone: '555 123' }],
  [{ year: '2026', month: '03', day: '12', hour: '9', min: '30' }, '2026-03-12 9:30', {}],
  [
    { addr_line1: '1 High St', addr_line2: '', city: 'Dublin', postal: 'D1', country: 'IE' },
    '1 High St, D1, Dublin, IE',
    {},
  ],
  [['Tea', 'Coffee'], 'Tea, Coffee', {}],
  [{ colIds: '["0"]', rowIds: '["0"]', '0': ['5'] }, '0: 5', {}],
  [9, '9', {}],
])('the answer %j reads %s', async (answer, value, known) => {
  expect((await told({ q7_whatever: answer })).event).toMatchObject({
    fields: [{ name: 'Whatever', value }],
    ...known,
  })
})

test('what nobody answered and what is Jotform’s own is left out', async () => {
  const raw = {
    slug: 'submit/1',
    q1_message: 'hi',
    q2_date: { year: '', month: '', day: '' },
    q3_table: { colIds: '["0"]' },
    event_id: 'x',
    path: '/submit',
  }
  expect((await told(raw)).event).toMatchObject({ fields: [{ name: 'Message', value: 'hi' }] })
})

test('uploads are links with the name of the file', async () => {
  const raw = {
    q1_message: 'hi',
    proof: ['https://www.jotform.com/uploads/a/b%20c.png', 'https://www.jotform.com/%E0%A4%A'],
  }
  expect((await told(raw)).event).toMatchObject({
    links: [
      { field: 'Proof', url: 'https://www.jotform.com/uploads/a/b%20c.png', filename: 'b c.png' },
      { field: 'Proof', url: 'https://www.jotform.com/%E0%A4%A', filename: '%E0%A4%A' },
    ],
  })
})

test.each([
  ['howOften', 'Daily', 'How often do you come?'],
  ['2Is', 'New', '2. Is this an issue, a feature idea: or what?'],
  ['1Name69', 'Bo', '1. Name'],
  ['howOften', 'Never', 'How often'],
  ['unheardOf', 'x', 'Unheard of'],
])('the question of %s=%s is found: %s', (key, value, question) => {
  const pretty =
    '1. Name:Bo, How often do you come?:Daily, 2. Is this an issue, a feature idea: or what?:New, Last:a: b, c'
  expect(captionFinder(pretty)(key, value)).toBe(question)
})

test('a long text of questions is not searched', () => {
  expect(captionFinder(`Message:hi, ${'x'.repeat(10_000)}:y`)('message', 'hi')).toBe('Message')
})

test('an edited submission has the subject of the first one, and is newer by when it came', async () => {
  const first = await told({ q1_message: 'hi' })
  const edited = await told({ q1_message: 'hello' }, {}, NOON_MS + 1_000)
  expect(first.identity.subject).toBe('submission:6084250982513018472')
  expect(edited.identity.subject).toBe(first.identity.subject)
  expect(edited.identity.id).not.toBe(first.identity.id)
  expect(first.event).toMatchObject({ standing: { version: '2026-03-12T12:00:00.000Z' } })
  expect(edited.event).toMatchObject({ standing: { version: '2026-03-12T12:00:01.000Z' } })
})

test('a delivery whose content is no JSON is kept and not understood', async () => {
  await expect(told('no JSON')).rejects.toThrow(NotUnderstoodError)
})

test('only the forms that are named become cases', async () => {
  const ofForm = (forms: string[]) =>
    tell(jotform, submission({ q1_message: 'hi' }), { headers, options: { forms } })
  expect((await ofForm(['244'])).event).toEqual({ kind: 'ignored', reason: 'unmapped-form' })
  expect((await ofForm(['243'])).event).toMatchObject({ kind: 'form-submission' })
})
