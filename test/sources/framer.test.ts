import { expect, test } from 'vitest'
import { NotUnderstoodError, SignatureError } from '../../lib/sources/errors.ts'
import { framer } from '../../lib/sources/framer.ts'
import type { Signing } from '../../lib/sources/source.ts'
import { eventOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

signatureSuite({
  source: framer,
  body: '{"Message":"hi"}',
  proof: { header: 'framer-signature', encoding: 'hex' },
})

test('inputs are fields, and the submission is known by its id', async () => {
  const { event, identity } = await tell(framer, { Email: 'anna@example.com', Newsletter: false, Blank: '' })
  expect(event).toMatchObject({
    email: 'anna@example.com',
    fields: [{ name: 'Email' }, { name: 'Newsletter', value: 'No' }],
  })
  expect(identity.subject).toBe('submission:delivery-1')
})

test('the id of another submission does not go with the signature', async () => {
  const swapped = {
    ...framer,
    sign: (body: Buffer, signing: Signing) => ({
      ...framer.sign(body, signing),
      'framer-webhook-submission-id': 'delivery-2',
    }),
  }
  await expect(tell(swapped, { Message: 'hi' })).rejects.toThrow(SignatureError)
})

test('without a secret in Framer the token lets it in', async () => {
  const unsigned = { ...framer, sign: () => ({}) }
  const { event, identity } = await tell(unsigned, { Message: 'hi' })
  expect(event).toMatchObject({ message: 'hi' })
  expect(identity).not.toHaveProperty('subject')
})

test('a body without fields is not understood', async () => {
  await expect(eventOf(framer, [])).rejects.toThrow(NotUnderstoodError)
})
