import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { tally } from '../../lib/sources/tally.ts'
import { eventOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

function delivery(fields: Json, more: { readonly [key: string]: Json } = {}): Json {
  const data = {
    responseId: 'r1',
    submissionId: 'r1',
    formId: 'f1',
    createdAt: '2026-03-12T11:00:00.000Z',
    fields,
  }
  return { eventId: 'e1', eventType: 'FORM_RESPONSE', createdAt: '2026-03-12T11:00:01.000Z', data, ...more }
}

const OPTIONS = [
  { id: 'o1', text: 'Golf' },
  { id: 'o2', text: 'Surf' },
]

signatureSuite({
  source: tally,
  body: JSON.stringify(delivery([{ key: 'question_a', label: 'Message', type: 'TEXTAREA', value: 'hi' }])),
  proof: { header: 'tally-signature', encoding: 'base64' },
})

test('chosen options are named, and the rows that repeat them are left out', async () => {
  const fields = [
    { key: 'question_a', label: 'Sports', type: 'CHECKBOXES', value: ['o2', 'gone'], options: OPTIONS },
    { key: 'question_a_o1', label: 'Sports (Golf)', type: 'CHECKBOXES', value: false },
    { key: 'question_a_o2', label: 'Sports (Surf)', type: 'CHECKBOXES', value: true },
    { key: 'question_b', label: 'Terms', type: 'CHECKBOXES', value: true },
  ]
  expect(await eventOf(tally, delivery(fields))).toMatchObject({
    fields: [
      { name: 'Sports', value: 'Surf, gone' },
      { name: 'Terms', value: 'Yes' },
    ],
  })
})

test('a matrix, numbers, blanks and files are read', async () => {
  const fields = [
    {
      key: 'm',
      label: 'Matrix',
      type: 'MATRIX',
      value: { r1: ['c1'], r2: [] },
      rows: [
        { id: 'r1', text: 'Speed' },
        { id: 'r2', text: 'Price' },
      ],
      columns: [{ id: 'c1', text: 'Good' }],
    },
    { key: 'n', label: 'Number', type: 'INPUT_NUMBER', value: 0 },
    { key: 'x', label: 'Blank', type: 'INPUT_TEXT', value: null },
    {
      key: 'f',
      label: 'Plan',
      type: 'FILE_UPLOAD',
      value: [{ name: 'a.pdf', url: 'https://example.com/a' }, { name: 'no url' }],
    },
    { key: 'l', label: null, type: 'INPUT_TEXT', value: 'no label' },
  ]
  expect(await eventOf(tally, delivery(fields))).toMatchObject({
    fields: [
      { name: 'Matrix', value: 'Speed: Good' },
      { name: 'Number', value: '0' },
      { name: 'l', value: 'no label' },
    ],
    links: [{ field: 'Plan', url: 'https://example.com/a', filename: 'a.pdf' }],
  })
})

test('types tell e-mail and phone whatever the labels say', async () => {
  const fields = [
    { key: 'a', label: 'Where?', type: 'INPUT_EMAIL', value: 'anna@example.com' },
    { key: 'b', label: 'And?', type: 'INPUT_PHONE_NUMBER', value: '+32 4' },
  ]
  expect(await eventOf(tally, delivery(fields))).toMatchObject({ email: 'anna@example.com', phone: '+32 4' })
})

test('a retry is the same delivery, a later event of the same response has its subject', async () => {
  const fields = [{ key: 'a', label: 'Message', type: 'TEXTAREA', value: 'hi' }]
  const first = await tell(tally, delivery(fields))
  const again = await tell(tally, delivery(fields, { createdAt: '2026-03-12T12:00:00.000Z' }))
  const edited = await tell(tally, delivery(fields, { eventId: 'e2' }))
  expect(again.identity).toEqual(first.identity)
  expect(edited.identity).toEqual({ ...first.identity, id: expect.not.stringMatching(first.identity.id) })
})

test('another kind of event is ignored, a response without fields is not understood', async () => {
  expect(await eventOf(tally, delivery([], { eventType: 'FORM_VIEWED' }))).toEqual({
    kind: 'ignored',
    reason: 'topic FORM_VIEWED',
  })
  await expect(eventOf(tally, { eventType: 'FORM_RESPONSE' })).rejects.toThrow(NotUnderstoodError)
})
