import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { typeform } from '../../lib/sources/typeform.ts'
import { eventOf, identityOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

type Part = { readonly [key: string]: Json }
const FIELDS = [
  { id: 'a', ref: 'who', type: 'short_text', title: 'Your *first* name?' },
  {
    id: 'b',
    ref: 'mail',
    type: 'email',
    title: 'Thanks, {{field:who}}! Where\ncan we write to {{field:gone}}?',
  },
  {
    id: 'c',
    ref: 'block',
    type: 'contact_info',
    title: 'You',
    properties: { fields: [{ id: 'd', ref: 'firm', title: 'Company' }] },
  },
]
const ANSWERS = [
  { type: 'text', text: 'Anna', field: { id: 'a', ref: 'who', type: 'short_text' } },
  { type: 'email', email: 'anna@example.com', field: { id: 'b', ref: 'mail', type: 'email' } },
  { type: 'text', text: 'ACME', field: { id: 'd', ref: 'firm', type: 'short_text' } },
]

function delivery(response: Part = {}, more: Part = {}): Json {
  const form_response = {
    form_id: 'form-1',
    token: 'token-1',
    submitted_at: '2026-03-12T11:59:00+01:00',
    definition: { id: 'form-1', fields: FIELDS },
    answers: ANSWERS,
    ...response,
  }
  return { event_id: 'event-1', event_type: 'form_response', form_response, ...more }
}

signatureSuite({
  source: typeform,
  body: JSON.stringify(delivery()),
  proof: { header: 'typeform-signature', encoding: 'base64' },
})

test('answers get their questions, with what earlier answers put into them', async () => {
  expect(await eventOf(typeform, delivery())).toMatchObject({
    email: 'anna@example.com',
    company: 'ACME',
    submittedAt: '2026-03-12T10:59:00.000Z',
    fields: [
      { name: 'Your first name?', value: 'Anna' },
      { name: 'Thanks, Anna! Where can we write to …?', value: 'anna@example.com' },
      { name: 'Company', value: 'ACME' },
    ],
  })
})

test('a reference names a field whatever its question says', async () => {
  expect(await eventOf(typeform, delivery(), { fields: { lastName: 'WHO' } })).toMatchObject({
    lastName: 'Anna',
  })
})

test.each<[Part, string]>([
  [{ type: 'choice', choice: { label: 'Red', other: 'crimson' } }, 'Red, crimson'],
  [{ type: 'choices', choices: { labels: ['Red', 'Blue'], ids: ['1', '2'] } }, 'Red, Blue'],
  [{ type: 'boolean', boolean: false }, 'No'],
  [{ type: 'number', number: 0 }, '0'],
  [{ type: 'date', date: '2005-10-15' }, '2005-10-15'],
  [
    { type: 'payment', payment: { amount: '1', last4: '4242', name: 'A', success: true } },
    'amount: 1; last4: 4242; name: A; success: Yes',
  ],
  [{ type: 'phone_number', phone_number: '+34 600' }, '+34 600'],
])('%j reads %s', async (answer, value) => {
  const event = await eventOf(
    typeform,
    delivery({ answers: [{ ...answer, field: { id: 'x', ref: 'ref-x' } }] }),
  )
  expect(event).toMatchObject({ fields: [{ name: 'ref-x', value }] })
})

test('a phone number is known by its type, a file is a link, hidden fields are fields', async () => {
  const answers = [
    { type: 'phone_number', phone_number: '+34 600', field: { id: 'x' } },
    { type: 'file_url', file_url: 'https://api.typeform.com/f.pdf', field: { id: 'a' } },
  ]
  expect(
    await eventOf(typeform, delivery({ answers, hidden: { utm_source: 'news', empty: '' } })),
  ).toMatchObject({
    phone: '+34 600',
    fields: [{ name: 'x' }, { name: 'utm_source', value: 'news' }],
    links: [{ field: 'Your first name?', url: 'https://api.typeform.com/f.pdf' }],
  })
})

test('without definition, references and times there is still a submission', async () => {
  const answers = [{ type: 'text', text: 'hi', field: { id: 12 } }]
  const event = await eventOf(typeform, delivery({ definition: null, submitted_at: null, answers }))
  expect(event).toMatchObject({ fields: [{ name: '12', value: 'hi' }] })
  expect(event).not.toHaveProperty('submittedAt')
})

test('an event that is no full response is ignored', async () => {
  expect(await eventOf(typeform, delivery({}, { event_type: 'form_response_partial' }))).toEqual({
    kind: 'ignored',
    reason: 'topic form_response_partial',
  })
})

test('only the forms that are named become cases', async () => {
  const forms = (ids: string[]) => eventOf(typeform, delivery(), { forms: ids })
  expect(await forms(['form-2'])).toEqual({ kind: 'ignored', reason: 'unmapped-form' })
  expect(await forms(['form-2', 'form-1'])).toMatchObject({ kind: 'form-submission' })
})

test.each<[string, Json]>([
  ['no form_response', { event_type: 'form_response' }],
  ['a list', []],
  ['a text', 'hi'],
])('a body with %s is recorded and not understood', async (_, body) => {
  await expect(identityOf(typeform, JSON.stringify(body))).resolves.toHaveProperty('id')
  await expect(eventOf(typeform, JSON.stringify(body))).rejects.toThrow(NotUnderstoodError)
})

test('a retry is the same delivery, another event of the same response has its subject and a later version', async () => {
  const first = await tell(typeform, delivery())
  const again = await identityOf(typeform, delivery({ landed_at: 'x' }))
  const edited = await tell(
    typeform,
    delivery({ submitted_at: '2026-03-12T12:00:00Z' }, { event_id: 'event-2' }),
  )
  expect(again).toEqual(first.identity)
  expect(edited.identity.id).not.toBe(first.identity.id)
  expect(edited.identity.subject).toBe(first.identity.subject)
  expect(edited.event).toMatchObject({ standing: { is: 'snapshot', version: '2026-03-12T12:00:00.000Z' } })
})
