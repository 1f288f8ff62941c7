import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { webflow } from '../../lib/sources/webflow.ts'
import { eventOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

function delivery(data: Json, more: { readonly [key: string]: Json } = {}): Json {
  const payload = {
    name: 'Contact',
    data,
    submittedAt: '2026-03-12T11:00:00.000Z',
    id: 's1',
    formId: 'f1',
    ...more,
  }
  return { triggerType: 'form_submission', payload }
}

signatureSuite({
  source: webflow,
  body: JSON.stringify(delivery({ Message: 'hi' })),
  proof: { header: 'x-webflow-signature', encoding: 'hex' },
  toleranceMs: 5 * 60_000,
})

test('a full-width dot is a dot, a number behind a name does not count, a phone may be a number', async () => {
  const data = { 'Nr． of rooms': '3', 'Email 2': 'anna@example.com', 'Phone Number': 15550000000 }
  expect(await eventOf(webflow, delivery(data))).toMatchObject({
    email: 'anna@example.com',
    phone: '15550000000',
    fields: [{ name: 'Nr. of rooms' }, { name: 'Email 2' }, { name: 'Phone Number' }],
  })
})

test('the older format is read as well', async () => {
  const older = {
    name: 'Contact',
    site: 'x',
    data: { Message: 'hi' },
    d: '2022-09-14T12:35:16.117Z',
    _id: 's0',
  }
  const { event, identity } = await tell(webflow, older)
  expect(event).toMatchObject({ message: 'hi', submittedAt: '2022-09-14T12:35:16.117Z' })
  expect(identity.subject).toBe('submission:s0')
})

test('a webhook of the dashboard is let in by its token alone', async () => {
  const unsigned = { ...webflow, sign: () => ({}) }
  expect(await eventOf(unsigned, delivery({ Message: 'hi' }))).toMatchObject({ message: 'hi' })
})

test('another trigger is ignored, a form without data is not understood', async () => {
  expect(await eventOf(webflow, { triggerType: 'site_publish', payload: {} })).toEqual({
    kind: 'ignored',
    reason: 'topic site_publish',
  })
  await expect(eventOf(webflow, { triggerType: 'form_submission', payload: null })).rejects.toThrow(
    NotUnderstoodError,
  )
})
