import { describe, expect, test } from 'vitest'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { NotUnderstoodError, SignatureError } from '../../lib/sources/errors.ts'
import { hubspot } from '../../lib/sources/hubspot.ts'
import { hubspotProof } from '../../lib/sources/hubspot-proof.ts'
import type { Json } from '../../lib/sources/source.ts'
import { eventOf, identityOf, tell } from '../support/form-delivery.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'

function contact(
  properties: Readonly<Record<string, string>>,
  more: { readonly [key: string]: Json } = {},
): Json {
  const all = Object.entries({ lastmodifieddate: '1773316800000', ...properties })
  return {
    vid: 251,
    properties: Object.fromEntries(all.map(([name, value]) => [name, { value, versions: [] }])),
    ...more,
  }
}

signatureSuite({
  source: hubspot,
  body: JSON.stringify(contact({ message: 'hi' })),
  proof: { header: 'x-hubspot-signature-v3', encoding: 'base64' },
  toleranceMs: 5 * 60_000,
})

describe('the vectors of HubSpot’s own libraries', () => {
  const SECRET = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'
  const V3_AT_MS = 1_693_657_560_000
  const v1 =
    '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
  const VECTORS: [string, string, string, Record<string, string>][] = [
    [
      'v1',
      'POST',
      v1,
      {
        'x-hubspot-signature': '232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de',
        'x-hubspot-signature-version': 'v1',
      },
    ],
    [
      'v2 of a GET',
      'GET',
      '',
      {
        'x-hubspot-signature': 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e',
        'x-hubspot-signature-version': 'v2',
      },
    ],
    [
      'v2',
      'POST',
      '{"example_field":"example_value"}',
      {
        'x-hubspot-signature': '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900',
        'x-hubspot-signature-version': 'v2',
      },
    ],
    [
      'v3',
      'POST',
      "{'example_field':'example_value'}",
      {
        'x-hubspot-signature-v3': 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=',
        'x-hubspot-request-timestamp': String(V3_AT_MS),
      },
    ],
  ]
  const verify = (request: HttpRequest, nowMs = V3_AT_MS, url = 'https://www.example.com/webhook_uri') =>
    hubspotProof.verify(
      request,
      { instance: 'contact', options: {}, secrets: [SECRET], url, acceptTests: false },
      nowMs,
    )

  test.each(VECTORS)('%s is accepted, and nothing that was changed', (_, method, body, headers) => {
    const request = post(body, { method, headers })
    expect(() => verify(request)).not.toThrow()
    expect(() => verify(post(`${body} `, { method, headers }))).toThrow(SignatureError)
  })

  test.each(VECTORS.slice(1))('%s does not go with another address or method', (_, method, body, headers) => {
    const request = post(body, { method, headers })
    expect(() => verify(request, V3_AT_MS, 'https://www.example.com/other')).toThrow(SignatureError)
    expect(() => verify({ ...request, method: 'PUT' })).toThrow(SignatureError)
    expect(() => verify({ ...request, rawQuery: 'a=1' })).toThrow(SignatureError)
  })

  test('an older signature beside a wrong newer one does not help', () => {
    const [, , v2 = VECTORS[0]] = VECTORS
    const headers = {
      ...v2?.[3],
      'x-hubspot-signature-v3': 'AAAA',
      'x-hubspot-request-timestamp': String(V3_AT_MS),
    }
    expect(() => verify(post(v2?.[2] ?? '', { headers }))).toThrow(SignatureError)
  })
})

test('the contact’s properties are fields, HubSpot’s own are not, the company may be beside them', async () => {
  const company = { 'associated-company': { properties: { name: { value: 'ACME' } } } }
  expect(
    await eventOf(
      hubspot,
      contact({ email: 'anna@example.com', firstname: 'Anna', hs_object_id: '1', num_notes: '2' }, company),
    ),
  ).toMatchObject({
    email: 'anna@example.com',
    firstName: 'Anna',
    company: 'ACME',
    fields: [{ name: 'company' }, { name: 'email' }, { name: 'firstname' }],
  })
})

test('properties that a workflow chose come as they are', async () => {
  expect(await eventOf(hubspot, { email: 'anna@example.com', message: 'hi' })).toMatchObject({
    message: 'hi',
  })
})

test('the latest form counts: its id, its page, its time', async () => {
  const form = (id: string, timestamp: number) => ({
    'conversion-id': id,
    'form-id': `form-${id}`,
    'page-url': `https://example.com/${id}`,
    timestamp,
  })
  const forms = { 'form-submissions': [form('a', 1_773_316_700_000), form('b', 1_773_316_800_000)] }
  const { event, identity } = await tell(hubspot, contact({ message: 'hi' }, forms), {
    options: { forms: ['form-b'] },
  })
  expect(identity.subject).toBe('submission:b')
  expect(event).toMatchObject({ pageUrl: 'https://example.com/b', submittedAt: '2026-03-12T12:00:00.000Z' })
})

test('without a form a contact is known by when it was changed', async () => {
  const first = await identityOf(hubspot, contact({ message: 'hi' }))
  expect(await identityOf(hubspot, contact({ message: 'hi', hs_counter: '2' }))).toEqual(first)
  expect(await identityOf(hubspot, contact({ message: 'hi', lastmodifieddate: '1' }))).not.toEqual(first)
  expect(first).not.toHaveProperty('subject')
})

test('an API key in a header does in place of a signature', async () => {
  expect(await eventOf({ ...hubspot, sign: () => ({}) }, contact({ message: 'hi' }))).toMatchObject({
    message: 'hi',
  })
})

test('the thin events of an app are ignored, an empty body is not understood', async () => {
  expect(await eventOf(hubspot, [{ eventId: 1 }])).toEqual({ kind: 'ignored', reason: 'topic of an app' })
  await expect(eventOf(hubspot, {})).rejects.toThrow(NotUnderstoodError)
})
