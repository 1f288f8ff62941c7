import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { fillout } from '../../lib/sources/fillout.ts'
import type { Json } from '../../lib/sources/source.ts'
import { eventOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

function delivery(questions: Json, more: { readonly [key: string]: Json } = {}): Json {
  const submission = { submissionId: 's1', submissionTime: '2026-03-12T11:00:00.000Z', questions, ...more }
  return { formId: 'f1', formName: 'Visit', submission }
}

const MESSAGE = [{ id: 'a', name: 'Message', type: 'LongAnswer', value: 'hi' }]

signatureSuite({ source: fillout, body: JSON.stringify(delivery(MESSAGE)), proof: 'token' })

test('0 is an answer and null is none; types tell e-mail and phone; files are links', async () => {
  const questions = [
    { id: 'a', name: 'Rooms', type: 'NumberInput', value: 0 },
    { id: 'b', name: 'Blank', type: 'MultipleChoice', value: null },
    { id: 'c', name: 'Where?', type: 'EmailInput', value: 'anna@example.com' },
    { id: 'd', name: 'Call?', type: 'PhoneNumber', value: '+1 2' },
    {
      id: 'e',
      name: 'Photo',
      type: 'FileUpload',
      value: [{ url: 'https://example.com/1', filename: 'a.jpg' }],
    },
  ]
  const urlParameters = [{ id: 'utm', name: 'utm', value: 'news' }]
  expect(await eventOf(fillout, delivery(questions, { urlParameters }))).toMatchObject({
    email: 'anna@example.com',
    phone: '+1 2',
    fields: [
      { name: 'Rooms', value: '0' },
      { name: 'Where?' },
      { name: 'Call?' },
      { name: 'utm', value: 'news' },
    ],
    links: [{ field: 'Photo', url: 'https://example.com/1', filename: 'a.jpg' }],
  })
})

test('an edited submission has the subject of the first one and a later version', async () => {
  const first = await tell(fillout, delivery(MESSAGE))
  const edited = await tell(fillout, delivery(MESSAGE, { lastUpdatedAt: '2026-03-12T12:00:00.000Z' }))
  expect(edited.identity.subject).toBe(first.identity.subject)
  expect(edited.identity.id).not.toBe(first.identity.id)
  expect(edited.event).toMatchObject({ standing: { version: '2026-03-12T12:00:00.000Z' } })
})

test('a body without questions is not understood', async () => {
  await expect(eventOf(fillout, { formId: 'f1' })).rejects.toThrow(NotUnderstoodError)
})
