import { generateKeyPairSync } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { sign, verify } from '@octokit/webhooks-methods'
import { describe, expect, test } from 'vitest'
import { MissingSecretError, NotUnderstoodError, SignatureError } from '../../lib/sources/errors.ts'
import { genericForm, genericOrder } from '../../lib/sources/generic.ts'
import type { Source, SourceContext } from '../../lib/sources/source.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'

const NOW_MS = Date.UTC(2026, 2, 12, 12)
const JSON_TYPE = 'application/json'
const GITHUB = { signature: { header: 'X-Hub-Signature-256', prefix: 'sha256=' } }

function context(options: Record<string, unknown>, more: Partial<SourceContext> = {}): SourceContext {
  const url = 'https://crm.example.com/forms/any'
  return { instance: 'any', options, secrets: ['s3cret'], url, acceptTests: false, ...more }
}

/** What becomes of a payload, sent as the options say. */
async function tell(source: Source, payload: unknown, options: Record<string, unknown>, more = {}) {
  const given = context(options, more)
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const type = typeof payload === 'string' ? 'application/x-www-form-urlencoded' : JSON_TYPE
  const signing = { secret: 's3cret', nowMs: NOW_MS, deliveryId: 'd1', url: given.url, headers: {}, options }
  const request = post(body, { contentType: type, headers: { ...source.sign(body, signing) } })
  const verified = JSON.parse(JSON.stringify(await source.verify(request, given, NOW_MS)))
  return {
    event: source.toEvent(verified, given),
    identity: source.identify(verified, given, NOW_MS),
    verified,
  }
}

function rsa() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const known = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return { known, signing: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

describe('with a signature like GitHub’s', () => {
  signatureSuite({
    source: genericForm,
    body: '{"message":"hi"}',
    options: GITHUB,
    proof: { header: 'x-hub-signature-256', encoding: 'hex' },
  })

  test('we sign what its library verifies, and verify what it signs', async () => {
    const body = '{"message":"♥"}'
    const signing = { secret: 's', nowMs: 0, deliveryId: '1', url: '', headers: {}, options: GITHUB }
    const headers = genericForm.sign(Buffer.from(body), signing)
    expect(await verify('s', body, headers['x-hub-signature-256'] ?? '')).toBe(true)
    const theirs = post(body, {
      contentType: JSON_TYPE,
      headers: { 'x-hub-signature-256': await sign('s', body) },
    })
    const verified = genericForm.verify(theirs, context(GITHUB, { secrets: ['s'] }), NOW_MS)
    await expect(verified).resolves.toMatchObject({ payload: { message: '♥' } })
  })
})

describe('with a signed address and a time in milliseconds', () => {
  signatureSuite({
    source: genericOrder,
    body: '{"id":1}',
    options: {
      order: { id: 'id', currency: '=EUR' },
      signature: {
        header: 'x-signature',
        encoding: 'base64url',
        algorithm: 'hmac-sha512',
        signed: '{method}{url}{body}{timestamp}',
        timestamp: { header: 'x-time', unit: 'ms', toleranceSeconds: 60 },
      },
    },
    proof: { header: 'x-signature', encoding: 'base64url' },
    toleranceMs: 60_000,
  })
})

describe('with several signatures and their time in one header', () => {
  signatureSuite({
    source: genericForm,
    body: '{"message":"hi"}',
    options: {
      signature: {
        header: 'x-sig',
        separator: ',',
        prefix: 'v1=',
        signed: '{timestamp}.{body}',
        timestamp: { header: 'x-sig', prefix: 't=' },
      },
    },
    proof: { header: 'x-sig', encoding: 'hex' },
    toleranceMs: 300_000,
  })
})

describe('with an RSA signature like PayPal’s', () => {
  signatureSuite({
    source: genericOrder,
    body: '{"id":"WH-1"}',
    options: {
      order: { id: 'id', currency: '=EUR' },
      signature: {
        algorithm: 'rsa-sha256',
        header: 'paypal-transmission-sig',
        encoding: 'base64',
        signed: '{header.paypal-transmission-id}|{timestamp}|WEBHOOK-1|{crc32}',
        timestamp: { header: 'paypal-transmission-time', unit: 'iso' },
      },
    },
    proof: { header: 'paypal-transmission-sig', encoding: 'base64' },
    secrets: [rsa(), rsa(), rsa()],
    toleranceMs: 300_000,
  })

  test('the checksum is the one everybody means', () => {
    expect(crc32('123456789').toString(16)).toBe('cbf43926')
  })
})

describe('with a token', () => {
  signatureSuite({ source: genericForm, body: '{"message":"hi"}', proof: 'token' })

  test('the token may be in a header of its own', async () => {
    const options = { tokenHeader: 'X-Key' }
    const right = post('{"a":1}', { contentType: JSON_TYPE, headers: { 'x-key': 's3cret' } })
    await expect(genericForm.verify(right, context(options), NOW_MS)).resolves.toHaveProperty('payload')
    const elsewhere = post('{"a":1}', { contentType: JSON_TYPE, headers: { 'x-webhook-token': 's3cret' } })
    await expect(genericForm.verify(elsewhere, context(options), NOW_MS)).rejects.toThrow(SignatureError)
  })
})

test.each([
  ['text that is no base64', '%%%', { encoding: 'base64' }],
  ['nothing but its prefix', 'whsec_', { encoding: 'base64', prefix: 'whsec_' }],
  ['an odd number of hex digits', 'abc', { encoding: 'hex' }],
])('a secret that is %s is our mistake: no MAC is made with an empty key', async (_, secret, key) => {
  const options = { signature: { header: 'x-a', key } }
  const request = post('{}', { contentType: JSON_TYPE, headers: { 'x-a': 'aa' } })
  const verified = genericForm.verify(request, context(options, { secrets: [secret] }), NOW_MS)
  await expect(verified).rejects.toThrow(MissingSecretError)
})

test.each([
  ['a placeholder there is not', { header: 'x-a', signed: '{bdy}' }, /placeholder/],
  ['a time that is not signed', { header: 'x-a', timestamp: { header: 'x-t' } }, /timestamp/],
  ['a plain hash without the secret', { header: 'x-a', algorithm: 'sha256' }, /secret/],
  ['the secret in the text of a MAC', { header: 'x-a', signed: '{secret}{body}' }, /secret/],
  ['an algorithm there is not', { header: 'x-a', algorithm: 'md5' }, /algorithm/],
])('%s is refused when the instance is read', (_, signature, message) => {
  expect(() => genericForm.needsSecret?.(context({ signature }))).toThrow(message)
})

test.each([
  ['the signature', 'header:x-a', /secret/],
  ['a password', 'header:Authorization', /secret/],
  ['an unsigned header', 'header:x-delivery', /not signed/],
])('%s cannot be read as data', (_, id, message) => {
  expect(() => genericForm.needsSecret?.(context({ id, signature: { header: 'x-a' } }))).toThrow(message)
})

describe('a form', () => {
  const PAYLOAD = {
    event: 'submitted',
    test: false,
    data: {
      id: 77,
      at: '2026-03-12 10:00:00',
      page: 'https://www.example.com/contact',
      answers: [
        { label: 'Your e-mail', answer: 'anna@example.com' },
        { label: 'Topics', answer: ['CRM', 'ERP'] },
        { label: 'Anything else?', answer: null },
        { label: 'token', answer: 'x' },
      ],
    },
  }
  const OPTIONS = {
    id: 'data.id',
    test: { where: 'test', is: ['true'] },
    ignore: [{ when: { where: 'event', isNot: ['submitted'] }, reason: 'unknown-topic' }],
    form: {
      fields: 'data.answers',
      fieldName: 'label',
      fieldValue: 'answer',
      technical: ['token'],
      known: { email: 'data.answers.0.answer', subject: ['data.subject', '=A question'] },
      submittedAt: 'data.at',
      pageUrl: 'data.page',
    },
  }

  test('is found in a list of answers, its known fields by paths', async () => {
    const { event, identity } = await tell(genericForm, PAYLOAD, OPTIONS)
    expect(identity).toEqual({ id: '77', aliases: [] })
    expect(event).toEqual({
      kind: 'form-submission',
      form: 'any',
      email: 'anna@example.com',
      subject: 'A question',
      fields: [
        { name: 'Your e-mail', value: 'anna@example.com' },
        { name: 'Topics', value: 'CRM' },
        { name: 'Topics', value: 'ERP' },
      ],
      files: [],
      submittedAt: '2026-03-12T10:00:00.000Z',
      pageUrl: 'https://www.example.com/contact',
    })
  })

  test('that another event tells of, or a test, is ignored with its reason', async () => {
    const other = await tell(genericForm, { ...PAYLOAD, event: 'opened' }, OPTIONS)
    expect(other.event).toEqual({ kind: 'ignored', reason: 'unknown-topic' })
    const trial = { ...PAYLOAD, test: true }
    expect((await tell(genericForm, trial, OPTIONS)).event).toEqual({
      kind: 'ignored',
      reason: 'test-delivery',
    })
    const accepted = await tell(genericForm, trial, OPTIONS, { acceptTests: true })
    expect(accepted.event).toMatchObject({ kind: 'form-submission' })
  })

  test('that is edited has one subject and a version', async () => {
    const form = { ...OPTIONS.form, subject: 'data.id', version: 'data.at' }
    const { event, identity } = await tell(genericForm, PAYLOAD, { form, ignore: OPTIONS.ignore })
    expect(identity).toEqual({ id: expect.stringMatching(/^[a-z2-7]{26}$/), aliases: [], subject: '77' })
    expect(event).toMatchObject({ standing: { is: 'snapshot', version: '2026-03-12T10:00:00.000Z' } })
  })

  test('that is urlencoded needs no mapping', async () => {
    const { event } = await tell(genericForm, 'email=a%40b.example&topic=1&topic=2&__proto__=x', {})
    expect(event).toMatchObject({ email: 'a@b.example' })
    expect(event).toHaveProperty('fields.length', 4)
  })

  test('without id and signature is known by its content for ten minutes, with a signature for ever', async () => {
    expect((await tell(genericForm, { a: '1' }, {})).identity.aliases).toHaveLength(1)
    expect((await tell(genericForm, { a: '1' }, GITHUB)).identity.aliases).toEqual([])
  })

  test('with a long or strange id is known by its hash', async () => {
    const { identity } = await tell(genericForm, { id: 'a b'.repeat(99), m: 'x' }, { id: 'id' })
    expect(identity.id).toMatch(/^~[a-z2-7]{26}$/)
  })

  test.each(['data.nothing', '__proto__', 'constructor.name', 'data.answers.length'])(
    'whose fields would be at %s has none',
    async (fields) => {
      await expect(tell(genericForm, PAYLOAD, { form: { fields } })).rejects.toThrow(NotUnderstoodError)
    },
  )
})

test('a handshake is echoed when the instance asks for it, and not otherwise', () => {
  const asked = { ...post('', { method: 'GET' }), rawQuery: 'hub.challenge=a%26b' }
  const options = { handshake: { query: 'hub.challenge', header: 'X-Hook-Secret' } }
  expect(genericForm.handshake?.(asked, context(options))).toEqual({ status: 200, body: 'a&b' })
  const hook = post('', { headers: { 'x-hook-secret': 'h' } })
  const echoed = { status: 200, headers: { 'x-hook-secret': 'h' }, body: '' }
  expect(genericForm.handshake?.(hook, context(options))).toEqual(echoed)
  expect(genericForm.handshake?.(asked, context({}))).toBeUndefined()
  expect(genericForm.handshake?.(hook, context({}))).toBeUndefined()
})

describe('an order', () => {
  const ORDER = {
    type: 'order.paid',
    order: {
      id: 9007199254740993123n.toString(),
      no: 'R-1001',
      status: 'paid',
      updated: 1773309600,
      currency: 'eur',
      customer: { name: 'Anna Maria Kowalska', mail: 'anna@example.com' },
      ship_to: { street: 'Main 1', city: 'Cork', country: 'IE' },
      items: [
        { sku: 'A', title: 'Router', qty: '2', price: 1050 },
        { sku: 'B', title: 'Cable', qty: 1, price: 199, off: 99 },
      ],
      postage: 500,
      voucher: -300,
      vat: 0,
      total: 2400,
    },
  }
  const MAPPING = {
    id: 'order.id',
    number: 'order.no',
    updatedAt: 'order.updated',
    state: { where: 'order.status', means: { paid: 'open', done: 'completed' }, otherwise: 'open' },
    payment: { where: 'order.status', means: { paid: 'paid' } },
    facts: [{ when: { where: 'type', is: ['order.deleted'] }, name: 'deleted' }],
    currency: 'order.currency',
    inMinorUnits: true,
    buyer: { name: 'order.customer.name', email: 'order.customer.mail' },
    shippingAddress: {
      street1: 'order.ship_to.street',
      city: 'order.ship_to.city',
      country: 'order.ship_to.country',
    },
    lines: {
      each: 'order.items',
      sku: 'sku',
      name: 'title',
      quantity: 'qty',
      unitPrice: 'price',
      discount: 'off',
    },
    shipping: [{ title: '=Postage', amount: 'order.postage' }],
    discounts: [{ title: '=Voucher', amount: 'order.voucher' }],
    tax: 'order.vat',
    total: 'order.total',
  }

  test('is read by paths, in minor units, and its parts come to its total', async () => {
    const { event, identity } = await tell(genericOrder, ORDER, { order: MAPPING })
    expect(identity).toMatchObject({ subject: '9007199254740993123' })
    expect(event).toEqual({
      kind: 'order',
      shop: 'any',
      orderId: '9007199254740993123',
      number: 'R-1001',
      standing: { is: 'snapshot', version: 1773309600 },
      state: 'open',
      payment: 'paid',
      updatedAt: '2026-03-12T10:00:00.000Z',
      currency: 'EUR',
      amountsIncludeTax: false,
      buyer: { firstName: 'Anna Maria', lastName: 'Kowalska', email: 'anna@example.com' },
      shippingAddress: { street1: 'Main 1', city: 'Cork', country: 'IE' },
      lines: [
        {
          id: '1',
          sku: 'A',
          name: 'Router',
          quantity: '2',
          unitPrice: '10.5',
          discount: '0',
          tax: '0',
          total: '21',
          attributes: [],
        },
        {
          id: '2',
          sku: 'B',
          name: 'Cable',
          quantity: '1',
          unitPrice: '1.99',
          discount: '0.99',
          tax: '0',
          total: '1',
          attributes: [],
        },
      ],
      shipping: [{ title: 'Postage', amount: '5', tax: '0' }],
      fees: [],
      discounts: [{ title: 'Voucher', amount: '3' }],
      discountCodes: [],
      tax: '0',
      taxes: [],
      total: '24',
      refunds: [],
      attributes: [],
      tags: [],
    })
  })

  test('whose parts do not come to its total says so', async () => {
    const order = { ...MAPPING, shipping: [] }
    const { event } = await tell(genericOrder, ORDER, { order })
    expect(event).toMatchObject({ adjustment: { amount: '5' } })
  })

  test('that is only told to be gone is a fact; told in full besides, it is both', async () => {
    const gone = { type: 'order.deleted', order: { id: 5 } }
    expect((await tell(genericOrder, gone, { order: MAPPING })).event).toEqual({
      kind: 'order',
      shop: 'any',
      orderId: '5',
      standing: { is: 'fact', name: 'deleted' },
      attributes: [],
    })
    const { event } = await tell(genericOrder, { ...ORDER, type: 'order.deleted' }, { order: MAPPING })
    expect(event).toMatchObject({ standing: { is: 'snapshot', fact: 'deleted' }, total: '24' })
  })

  test.each([
    ['an id', { order: { ...ORDER.order, id: null } }, /order\.id/],
    ['a total', { order: { ...ORDER.order, total: 'free' } }, /order\.total/],
    ['a currency', { order: { ...ORDER.order, currency: 'euros' } }, /not understood/],
  ])('without %s is not understood, and what is missing is named', async (_, payload, message) => {
    const told = tell(genericOrder, payload, { order: MAPPING })
    await expect(told).rejects.toThrow(NotUnderstoodError)
    await expect(told).rejects.toThrow(message)
  })

  test('with null in every place that may be empty is still an order', async () => {
    const bare = {
      order: { ...ORDER.order, customer: null, ship_to: null, items: null, postage: null, voucher: null },
    }
    const { event } = await tell(genericOrder, bare, { order: MAPPING })
    expect(event).toMatchObject({
      buyer: {},
      lines: [],
      shipping: [],
      discounts: [],
      adjustment: { amount: '24' },
    })
    expect(event).not.toHaveProperty('shippingAddress')
  })
})
