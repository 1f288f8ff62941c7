import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { googleForms } from '../../lib/sources/google-forms.ts'
import type { Json } from '../../lib/sources/source.ts'
import { eventOf, identityOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

function response(answers: Json, more: { readonly [key: string]: Json } = {}): Json {
  return { formId: 'f1', responseId: 'r1', submittedAt: '2026-03-12T11:00:00.000Z', answers, ...more }
}

signatureSuite({
  source: googleForms,
  body: JSON.stringify(response([{ id: '1', title: 'Message', type: 'TEXT', value: 'hi' }])),
  proof: { header: 'x-signature', encoding: 'hex' },
  toleranceMs: 5 * 60_000,
})

test('answers, the address of who is signed in, and files are read', async () => {
  const answers = [
    { id: '1', title: 'Name ', type: 'TEXT', value: 'Lena V.' },
    { id: '2', title: 'Days', type: 'CHECKBOX', value: ['Mon', 'Tue'] },
    { id: '3', title: 'Plan', type: 'FILE_UPLOAD', value: ['https://drive.google.com/open?id=1'] },
  ]
  expect(await eventOf(googleForms, response(answers, { email: 'lena@example.com' }))).toMatchObject({
    email: 'lena@example.com',
    lastName: 'V.',
    fields: [{ name: 'Email' }, { name: 'Name', value: 'Lena V.' }, { name: 'Days', value: 'Mon, Tue' }],
    links: [{ field: 'Plan', url: 'https://drive.google.com/open?id=1' }],
  })
})

test('an edited response has the subject of the first one', async () => {
  const first = await tell(googleForms, response([{ id: '1', title: 'Message', type: 'TEXT', value: 'hi' }]))
  const later = { submittedAt: '2026-03-12T12:00:00.000Z' }
  const edited = await tell(
    googleForms,
    response([{ id: '1', title: 'Message', type: 'TEXT', value: 'ho' }], later),
  )
  expect(edited.identity.subject).toBe(first.identity.subject)
  expect(edited.event).toMatchObject({ message: 'ho', standing: { version: '2026-03-12T12:00:00.000Z' } })
})

test('a spreadsheet’s row is known by its content; questions of several lines are read on one', async () => {
  const namedValues = { Timestamp: ['3/10/2026 17:04:05'], 'Message\nWhat is it?  ': ['hi'], Blank: [''] }
  expect(await eventOf(googleForms, { namedValues })).toMatchObject({
    message: 'hi',
    fields: [{ name: 'Message What is it?', value: 'hi' }],
  })
  const again = { namedValues: { ...namedValues, Timestamp: ['3/10/2026 17:05:05'] } }
  expect(await identityOf(googleForms, again)).toEqual(await identityOf(googleForms, { namedValues }))
})

test('anything else is not understood', async () => {
  await expect(eventOf(googleForms, { values: ['x'] })).rejects.toThrow(NotUnderstoodError)
})
