import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { NotUnderstoodError, SignatureError } from '../../lib/sources/errors.ts'
import { netlify } from '../../lib/sources/netlify.ts'
import type { Json } from '../../lib/sources/source.ts'
import { eventOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

const FORM = { id: 's1', form_id: 'f1', form_name: 'contact', created_at: '2026-03-12T11:00:00.000Z' }

signatureSuite({
  source: netlify,
  body: JSON.stringify({ ...FORM, data: { message: 'hi' } }),
  proof: { header: 'x-webhook-signature', encoding: 'base64url' },
})

describe('a signature with other claims', () => {
  const body = JSON.stringify({ ...FORM, data: { message: 'hi' } })
  const genuine = (secret: string, bytes: Buffer) => partsOf(netlify, secret, bytes)
  const told = (change: (header: Json, claims: Json) => readonly [Json, Json]) => {
    const changed = {
      ...netlify,
      sign: (bytes: Buffer, { secret }: { secret: string }) => {
        const signed = change(...genuine(secret, bytes))
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.')
        const mac = createHmac('sha256', secret).update(signed).digest('base64url')
        return { 'x-webhook-signature': `${signed}.${mac}` }
      },
    }
    return tell(changed, body)
  }

  test('is accepted as Netlify writes it', async () => {
    await expect(told((header, claims) => [header, claims])).resolves.toHaveProperty('event')
  })

  test.each<[string, (header: Json, claims: Json) => readonly [Json, Json]]>([
    ['another algorithm', (_, claims) => [{ alg: 'none' }, claims]],
    ['another issuer', (header, claims) => [header, { ...(claims as object), iss: 'somebody' }]],
    ['the digest of another body', (header) => [header, { iss: 'netlify', sha256: 'ab'.repeat(32) }]],
    ['no digest', (header) => [header, { iss: 'netlify' }]],
    ['claims that are no object', (header) => [header, 'x']],
  ])('is refused: %s', async (_, change) => {
    await expect(told(change)).rejects.toThrow(SignatureError)
  })
})

function partsOf(source: typeof netlify, secret: string, bytes: Buffer): readonly [Json, Json] {
  const signing = { secret, nowMs: 0, deliveryId: '', url: '', headers: {} }
  const [header = '', claims = ''] = (source.sign(bytes, signing)['x-webhook-signature'] ?? '').split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json
  return [read(header), read(claims)]
}

test('fields come in the form’s order, by their titles', async () => {
  const ordered_human_fields = [
    { title: 'Your Mail', name: 'email', value: 'anna@example.com' },
    { title: 'Plan', name: 'plan', value: { url: 'https://example.com/a.pdf', filename: 'a.pdf' } },
  ]
  expect(await eventOf(netlify, { payload: { ...FORM, ordered_human_fields } })).toMatchObject({
    email: 'anna@example.com',
    fields: [{ name: 'Your Mail', value: 'anna@example.com' }],
    links: [{ field: 'Plan', url: 'https://example.com/a.pdf' }],
  })
})

test('without them the data serves, without what Netlify adds', async () => {
  const data = { message: 'hi', ip: '192.0.2.1', user_agent: 'x', referrer: 'https://example.com/contact' }
  expect(await eventOf(netlify, { ...FORM, data })).toMatchObject({
    fields: [{ name: 'message', value: 'hi' }],
    pageUrl: 'https://example.com/contact',
  })
})

test('forms are told apart by name', async () => {
  const forms = (names: string[]) => eventOf(netlify, { ...FORM, data: { message: 'hi' } }, { forms: names })
  expect(await forms(['contact'])).toMatchObject({ kind: 'form-submission' })
  expect(await forms(['jobs'])).toEqual({ kind: 'ignored', reason: 'unmapped-form' })
})

test('a body without any field list is not understood', async () => {
  await expect(eventOf(netlify, FORM)).rejects.toThrow(NotUnderstoodError)
})
