import { expect, test } from 'vitest'
import { contactForm7 } from '../../lib/sources/contact-form-7.ts'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { eventOf, identityOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

signatureSuite({ source: contactForm7, body: '{"your-message":"hi"}', proof: 'token' })

test('lists are one answer each, entities are decoded, what begins with _wpcf7 is technical', async () => {
  const body = {
    'your-name': 'Jan &amp; Co',
    'menu-860': ['a', 'b'],
    'radio-1': ['x'],
    _wpcf7_unit_tag: 'f1',
    _wpcf7: 42,
  }
  expect(await eventOf(contactForm7, body)).toMatchObject({
    fields: [
      { name: 'your-name', value: 'Jan & Co' },
      { name: 'menu-860', value: 'a, b' },
      { name: 'radio-1', value: 'x' },
    ],
  })
  expect(await eventOf(contactForm7, body, { forms: ['42'] })).toMatchObject({ kind: 'form-submission' })
  expect(await eventOf(contactForm7, body, { forms: ['43'] })).toEqual({
    kind: 'ignored',
    reason: 'unmapped-form',
  })
})

test('technical fields of one’s own count neither for the event nor for its identity', async () => {
  const options = { technical: ['visit'] }
  const one = await tell(contactForm7, { 'your-message': 'hi', visit: '1' }, { options })
  expect(one.event).toMatchObject({ fields: [{ name: 'your-message' }] })
  expect(await identityOf(contactForm7, { 'your-message': 'hi', visit: '2' }, { options })).toEqual(
    one.identity,
  )
})

test('a template that broke the JSON comes as text, is kept and is not understood', async () => {
  const headers = { 'content-type': 'text/plain' }
  const body = '{"your-message": "a "quote""}'
  await expect(tell(contactForm7, body, { headers })).rejects.toThrow(NotUnderstoodError)
  await expect(identityOf(contactForm7, body, { headers })).resolves.toHaveProperty('id')
})
