import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import { wpforms } from '../../lib/sources/wpforms.ts'
import { eventOf, identityOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

signatureSuite({
  source: wpforms,
  body: '{"Message":"hi"}',
  proof: { header: 'x-wpforms-webhook-signature', encoding: 'hex' },
  toleranceMs: 5 * 60_000,
})

test('choices, dates, uploads and entities are read', async () => {
  const body = {
    Colours: 'Red||Blue',
    When: { value: '30.11.2026', unix: '1796031000' },
    Plans: ['https://example.com/a.pdf'],
    Address: { line1: '1 High St', city: 'Dublin' },
    Message: 'A &amp; B',
  }
  expect(await eventOf(wpforms, body)).toMatchObject({
    message: 'A & B',
    fields: [
      { name: 'Colours', value: 'Red, Blue' },
      { name: 'When', value: '30.11.2026' },
      { name: 'Address', value: 'line1: 1 High St; city: Dublin' },
      { name: 'Message' },
    ],
    links: [{ field: 'Plans', url: 'https://example.com/a.pdf' }],
  })
})

test('an entry with an id is known by it, one without by its content', async () => {
  const first = await tell(wpforms, { entry_id: '7', form_id: '2', Message: 'hi' })
  const edited = await tell(wpforms, { entry_id: '7', form_id: '2', Message: 'hello' })
  expect(edited.identity.subject).toBe(first.identity.subject)
  expect(edited.identity.id).not.toBe(first.identity.id)
  expect(first.event).toMatchObject({ fields: [{ name: 'Message' }] })
  expect(await identityOf(wpforms, { Message: 'hi' })).not.toHaveProperty('subject')
})

test.each(['[]', '{}', '"x"', 'null'])('%s is not understood', async (body) => {
  await expect(eventOf(wpforms, body)).rejects.toThrow(NotUnderstoodError)
})
