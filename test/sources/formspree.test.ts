import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { formspree } from '../../lib/sources/formspree.ts'
import { eventOf, NOON_MS, tell } from '../support/form-delivery.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'

signatureSuite({
  source: formspree,
  body: '{"form":"x","submission":{"message":"hi"}}',
  proof: { header: 'formspree-signature', encoding: 'hex' },
  toleranceMs: 5 * 60_000,
})

const context = {
  instance: 'contact',
  options: {},
  secrets: ['s'],
  url: 'https://example.com',
  acceptTests: false,
}

function shaken(headers: Record<string, string>, body = '') {
  return formspree.handshake?.(post(body, { headers }), context)
}

test('the secret of a REST hook is sent back', () => {
  expect(shaken({ 'x-hook-secret': 'abc123' })).toEqual({
    status: 200,
    headers: { 'x-hook-secret': 'abc123' },
    body: '',
  })
})

test.each<[string, Record<string, string>]>([
  ['no secret', {}],
  ['a delivery that has one', { 'x-hook-secret': 'abc', 'formspree-signature': 't=1,v1=00' }],
  ['more than a header may hold', { 'x-hook-secret': 'a b\r\nc' }],
  ['a long one', { 'x-hook-secret': 'a'.repeat(201) }],
])('%s is no handshake', (_, headers) => {
  expect(shaken(headers)).toBeUndefined()
})

test('a delivery that has the secret and no signature is no handshake: it is refused, not lost', () => {
  expect(shaken({ 'x-hook-secret': 'abc' }, '{"submission":{}}')).toBeUndefined()
})

test('special names are left out, the ones visitors fill in are known', async () => {
  const submission = {
    _date: '2026-03-12T11:00:00+01:00',
    _gotcha: '',
    _replyto: 'anna@example.com',
    _subject: 'Hi',
    extra: ['a', 'b'],
  }
  expect(await eventOf(formspree, { form: 'x', submission })).toMatchObject({
    email: 'anna@example.com',
    subject: 'Hi',
    submittedAt: '2026-03-12T10:00:00.000Z',
    fields: [{ name: '_replyto' }, { name: '_subject' }, { name: 'extra', value: 'a, b' }],
  })
})

test('the same words within ten minutes are one submission, a new date notwithstanding', async () => {
  const at = (date: string, nowMs: number) =>
    tell(formspree, { form: 'x', submission: { _date: date, message: 'hi' } }, { nowMs })
  const first = await at('2026-03-12T12:00:00Z', NOON_MS)
  expect((await at('2026-03-12T12:01:00Z', NOON_MS + 60_000)).identity).toEqual(first.identity)
})

test('a build hook, which has no submission, is not understood', async () => {
  await expect(eventOf(formspree, { form: 'x' })).rejects.toThrow(NotUnderstoodError)
})
