import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { CanonicalEvent, Ignored } from '../../lib/events/index.ts'
import { UndecodableError } from '../../lib/intake/errors.ts'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { MissingSecretError, NotUnderstoodError, SignatureError } from '../../lib/sources/errors.ts'
import type { SourceContext, Verified } from '../../lib/sources/source.ts'
import { webForm } from '../../lib/sources/web-form.ts'
import { captured, post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'

const URLENCODED = 'application/x-www-form-urlencoded'

function context(options: Record<string, unknown> = {}, more: Partial<SourceContext> = {}): SourceContext {
  const url = 'https://crm.example.com/forms/contact'
  return { instance: 'contact', options, secrets: [], url, acceptTests: false, ...more }
}

const NOON_MS = Date.UTC(2026, 2, 12, 12)

function verify(request: HttpRequest, given: SourceContext): Promise<Verified> {
  return webForm.verify(request, given, NOON_MS)
}

async function eventOf(fields: readonly [string, string][], options = {}): Promise<CanonicalEvent | Ignored> {
  const request = post(new URLSearchParams([...fields]).toString(), { contentType: URLENCODED })
  const verified = await verify(request, context(options))
  return webForm.toEvent(verified, context(options))
}

test('a contact form becomes a submission with every field in order', async () => {
  const fields: [string, string][] = [
    ['E-Mail', ' anna@example.com '],
    ['your_name', 'Anna Maria  Kowalska'],
    ['Organisation', 'ACME Sp. z o.o.'],
    ['Tel', '+48 601 222 333'],
    ['subject', 'Quote'],
    ['Message', 'Hello,\r\n\r\n40 routers\u0000 please. '],
    ['budget', '40000'],
  ]
  expect(await eventOf(fields)).toEqual({
    kind: 'form-submission',
    form: 'contact',
    email: 'anna@example.com',
    firstName: 'Anna Maria',
    lastName: 'Kowalska',
    company: 'ACME Sp. z o.o.',
    phone: '+48 601 222 333',
    subject: 'Quote',
    message: 'Hello,\n\n40 routers please.',
    fields: [
      { name: 'E-Mail', value: ' anna@example.com ' },
      { name: 'your_name', value: 'Anna Maria  Kowalska' },
      { name: 'Organisation', value: 'ACME Sp. z o.o.' },
      { name: 'Tel', value: '+48 601 222 333' },
      { name: 'subject', value: 'Quote' },
      { name: 'Message', value: 'Hello,\n\n40 routers please. ' },
      { name: 'budget', value: '40000' },
    ],
    files: [],
  })
})

test('first and last name of the form count before its full name', async () => {
  const names: [string, string][] = [
    ['name', 'Dr. A. Kowalska'],
    ['first-name', 'Anna'],
    ['Last Name', 'Kowalska'],
  ]
  expect(await eventOf(names)).toMatchObject({ firstName: 'Anna', lastName: 'Kowalska' })
})

test('a first name beside a full name takes the last name from it', async () => {
  expect(
    await eventOf([
      ['firstname', 'Anna'],
      ['name', 'Anna Kowalska'],
    ]),
  ).toMatchObject({
    firstName: 'Anna',
    lastName: 'Kowalska',
  })
})

test('a field configured for the e-mail replaces the usual names', async () => {
  const fields: [string, string][] = [
    ['email', 'shop@example.com'],
    ['Kontakt Mail', 'anna@example.com'],
  ]
  expect(await eventOf(fields, { fields: { email: 'kontakt_mail' } })).toMatchObject({
    email: 'anna@example.com',
  })
})

test('an e-mail that is no address stays among the fields only', async () => {
  const event = await eventOf([
    ['email', 'same as above'],
    ['message', 'hi'],
  ])
  expect(event).not.toHaveProperty('email')
  expect(event).toMatchObject({
    fields: [
      { name: 'email', value: 'same as above' },
      { name: 'message', value: 'hi' },
    ],
  })
})

test('of two e-mail fields the one that holds an address counts', async () => {
  expect(
    await eventOf([
      ['email', ''],
      ['email', 'none'],
      ['mail', 'anna@example.com'],
    ]),
  ).toMatchObject({
    email: 'anna@example.com',
  })
})

test('names with quotes, percent signs, emoji and 300 characters are kept as they are', async () => {
  const lastName = `O'Brien 100% 😀 ${'x'.repeat(300)}`
  expect(await eventOf([['lastname', lastName]])).toMatchObject({ lastName })
})

test('fields named __proto__ and constructor are fields like others', async () => {
  const event = await eventOf([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
  ])
  expect(event).toMatchObject({
    fields: [{ name: '__proto__' }, { name: 'constructor' }, { name: 'toString' }],
  })
  expect(event).not.toHaveProperty('email')
})

test('technical fields are left out', async () => {
  const technical: [string, string][] = [
    ['_charset_', 'utf-8'],
    ['csrfmiddlewaretoken', 't'],
    ['G-Recaptcha-Response', 't'],
    ['submission_id', '7'],
    ['_gotcha', ''],
    ['ab_variant', 'B'],
  ]
  const event = await eventOf([...technical, ['message', 'hi']], { technical: ['AB_Variant'] })
  expect(event).toMatchObject({ fields: [{ name: 'message', value: 'hi' }] })
})

test('a filled honeypot is ignored, an empty one is not', async () => {
  expect(
    await eventOf([
      ['_gotcha', 'x'],
      ['message', 'buy'],
    ]),
  ).toEqual({ kind: 'ignored', reason: 'honeypot' })
  expect(
    await eventOf(
      [
        ['Website', 'x'],
        ['message', 'buy'],
      ],
      { honeypot: 'website' },
    ),
  ).toEqual({
    kind: 'ignored',
    reason: 'honeypot',
  })
  expect(
    await eventOf([
      ['_gotcha', ' '],
      ['message', 'hi'],
    ]),
  ).toMatchObject({ kind: 'form-submission' })
})

test.each<[string, [string, string][]]>([
  ['no field', []],
  [
    'only blank fields',
    [
      ['email', ' '],
      ['message', '\u0000'],
    ],
  ],
  [
    'only technical fields',
    [
      ['csrf', 'x'],
      ['submission_id', '1'],
    ],
  ],
])('a form with %s is not understood', async (_, fields) => {
  await expect(eventOf(fields)).rejects.toThrow(new NotUnderstoodError('the form has no filled field'))
})

test('a file alone is a submission, without the bytes of the file', async () => {
  const verified = await verify(await captured('web-form', 'form-multipart-preamble.txt'), context())
  expect(webForm.toEvent(verified, context())).toEqual({
    kind: 'form-submission',
    form: 'contact',
    fields: [],
    files: [{ field: 'upload', filename: 'plain.txt', contentType: 'text/plain', sizeInBytes: 24 }],
  })
})

test('a Contact Form 7 lead posted as JSON is understood without configuration', async () => {
  const lead = await readFile(
    new URL('../fixtures/web-form/cf7-webhook-polish-b2b-lead.json', import.meta.url),
  )
  const verified = await verify(post(lead, { contentType: 'application/json' }), context())
  expect(webForm.toEvent(verified, context())).toMatchObject({
    email: 'jan@instalkowal.pl',
    firstName: 'Jan',
    lastName: 'Kowal',
    company: 'Instal-Kowal',
    phone: '601 222 333',
    message: '10 pomp na wiosnę',
  })
})

test('a body of an unknown type is verified and then not understood, with its type named', async () => {
  const verified = await verify(post('<a/>', { contentType: 'application/xml' }), context())
  expect(() => webForm.toEvent(verified, context())).toThrow(NotUnderstoodError)
  expect(() => webForm.toEvent(verified, context())).toThrow(/application\/xml/)
})

test('bytes that cannot be decoded do not pass verification', async () => {
  const request = post('{', { contentType: 'application/json' })
  await expect(verify(request, context())).rejects.toThrow(UndecodableError)
})

test('a payload that was edited into something else is not understood, with the place named', () => {
  const verified = { headers: {}, payload: { fields: [['a', 1]], files: [] } }
  expect(() => webForm.toEvent(verified, context())).toThrow(NotUnderstoodError)
})

test('what is verified survives JSON', async () => {
  const request = await captured('web-form', 'form-multipart-filename-specials-chrome13.txt')
  const verified = await verify(request, context())
  expect(JSON.parse(JSON.stringify(verified))).toEqual(verified)
})

const anyForm = post('message=hi', { contentType: URLENCODED })
const strict = { tokenRequired: true }

test('without a token requirement anybody may post', async () => {
  await expect(verify(anyForm, context())).resolves.toHaveProperty('payload')
  const open = context({ tokenRequired: false }, { secrets: ['s3cret'] })
  await expect(verify(anyForm, open)).resolves.toHaveProperty('payload')
})

test.each([undefined, '', 'wrong', 's3cre', 's3cret '])('token %j is refused', async (token) => {
  const given = { secrets: ['s3cret'], ...(token !== undefined && { token }) }
  await expect(verify(anyForm, context(strict, given))).rejects.toThrow(SignatureError)
})

test.each(['new', 'old'])('during a rotation the %s token is accepted', async (token) => {
  const verified = verify(anyForm, context(strict, { secrets: ['new', 'old'], token }))
  await expect(verified).resolves.toHaveProperty('payload')
})

signatureSuite({
  source: webForm,
  body: 'message=hi',
  headers: { 'content-type': URLENCODED },
  options: strict,
  proof: 'token',
})

test('a configured secret alone makes the token required', async () => {
  await expect(verify(anyForm, context({}, { secrets: ['s3cret'] }))).rejects.toThrow(SignatureError)
})

test.each([[[]], [['']]])('a required token without a secret (%j) is our mistake', async (secrets) => {
  const verified = verify(anyForm, context(strict, { secrets, token: '' }))
  await expect(verified).rejects.toThrow(MissingSecretError)
})

test('a misspelt option is reported with its name', async () => {
  await expect(verify(anyForm, context({ honeypott: 'x' }))).rejects.toThrow(/contact.*honeypott/)
  await expect(verify(anyForm, context({ fields: { mail: 'x' } }))).rejects.toThrow(/fields/)
})

test('a form needs no signature', () => {
  const signing = { secret: 's', nowMs: NOON_MS, deliveryId: '1', url: 'https://example.com', headers: {} }
  expect(webForm.sign(Buffer.from('a=1'), signing)).toEqual({})
})
