import { readFile } from 'node:fs/promises'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { sumOfParts } from '../../lib/events/order-sum.ts'
import { NotUnderstoodError, SignatureError, VendorRefusedError } from '../../lib/sources/errors.ts'
import { stripe } from '../../lib/sources/stripe.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, type Telling, tell } from '../support/tell.ts'

const session = {
  id: 'cs_live_1',
  object: 'checkout.session',
  mode: 'payment',
  payment_status: 'paid',
  payment_intent: 'pi_1',
  currency: 'eur',
  amount_subtotal: 2000,
  amount_total: 2000,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
}

function eventOf(object: object, type = 'checkout.session.completed') {
  return { id: 'evt_1', object: 'event', type, livemode: true, created: 1773309600, data: { object } }
}

signatureSuite({
  source: stripe,
  body: JSON.stringify(eventOf(session)),
  proof: { header: 'stripe-signature', encoding: 'hex' },
  toleranceMs: 300_000,
})

async function snapshotOf(object: object, more: Telling & { type?: string } = {}) {
  const { event } = await tell(stripe, eventOf(object, more.type), more)
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  expect(sumOfParts(event).eq(event.total)).toBe(true)
  return event
}

async function part(file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(new URL(`../fixtures/stripe/${file}`, import.meta.url), 'utf8'))
}

// The body and MAC of arlyon/async-stripe (async-stripe-webhook); the variants are those of stripe-node's Webhook.spec.ts.
const BODY =
  '{"account":"acct_123","api_version":"2017-05-25","created":1533204620,"data":{"object":{"amount":1000,"currency":"usd","customer":"cus_123","date":1533204620,"description":"Test Invoice Item","discountable":false,"id":"ii_123","invoice":"in_123","livemode":false,"metadata":{},"object":"invoiceitem","period":{"end":1533204620,"start":1533204620},"proration":false,"quantity":3,"quantity_decimal":"0"}},"id":"evt_123","livemode":false,"object":"event","pending_webhooks":1,"request":{"id":"req_123","idempotency_key":"idempotency-key-123"},"type":"invoiceitem.created"}'
const MAC = 'd7373bc68f4bd320b253cd7461f87af6e1cdf1b4d7db1614d8d1d746972d2d0a'
const AT_MS = 1533204620_000

test.each([
  [`t=1533204620,v1=${MAC},v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef`, AT_MS, true],
  [`t=1533204620,v1=potato,v1=${MAC}`, AT_MS, true],
  [`t=1533204620, v1=${MAC}`, AT_MS, true],
  [`t=1533204620,v1=${MAC}`, AT_MS + 301_000, false],
  [`t=1533204620,v0=${MAC}`, AT_MS, false],
  [`v1=${MAC}`, AT_MS, false],
  [`t=,v1=${MAC}`, AT_MS, false],
  [`t=1533204621,v1=${MAC}`, AT_MS, false],
  ['t=1533204620', AT_MS, false],
])('the header %s at %d is good: %s', async (header, nowMs, isGood) => {
  const request = post(BODY, { headers: { 'stripe-signature': header } })
  const outcome = await stripe
    .verify(request, { ...shopContext(), secrets: ['secret'] }, nowMs)
    .catch((error) => error)
  expect(outcome instanceof SignatureError).toBe(!isGood)
})

test('Stripe’s own library accepts the own signature, and its signatures are accepted', async () => {
  const [payload, secret, nowMs] = [JSON.stringify(eventOf(session)), 'whsec_test', Date.now()]
  const signing = { secret, nowMs, deliveryId: '', url: '', headers: {} }
  const { 'stripe-signature': own = '' } = stripe.sign(Buffer.from(payload), signing)
  const { webhooks } = new Stripe('sk_test_none')
  expect(webhooks.constructEvent(payload, own, secret).id).toBe('evt_1')
  const theirs = webhooks.generateTestHeaderString({ payload, secret })
  const request = post(payload, { headers: { 'stripe-signature': theirs } })
  await expect(
    stripe.verify(request, { ...shopContext(), secrets: [secret] }, nowMs),
  ).resolves.toHaveProperty('payload')
})

test('an event is known by its id, its purchase by the payment intent', async () => {
  const { identity, event } = await tell(stripe, eventOf(session))
  expect(identity).toEqual({ id: 'evt_1', aliases: [], subject: 'pi_1' })
  expect(event).toMatchObject({ orderId: 'pi_1', url: 'https://dashboard.stripe.com/payments/pi_1' })
})

test('a session without a payment is its own purchase, and an expanded intent its id', async () => {
  const free = { ...session, payment_intent: null, amount_subtotal: 0, amount_total: 0 }
  expect((await tell(stripe, eventOf(free))).identity.subject).toBe('cs_live_1')
  const expanded = { ...session, payment_intent: { id: 'pi_9', object: 'payment_intent' } }
  expect((await tell(stripe, eventOf(expanded))).identity.subject).toBe('pi_9')
})

test.each([
  ['checkout.session.completed', { payment_status: 'unpaid' }, { state: 'open', payment: 'unpaid' }],
  [
    'checkout.session.completed',
    { payment_status: 'no_payment_required' },
    { state: 'open', payment: 'paid' },
  ],
  ['checkout.session.async_payment_succeeded', {}, { payment: 'paid', standing: { fact: 'paid' } }],
  ['checkout.session.async_payment_failed', {}, { state: 'cancelled', standing: { fact: 'payment-failed' } }],
])('%s with %j is %j', async (type, more, expected) => {
  const event = await snapshotOf({ ...session, ...more }, { type })
  expect(event).toMatchObject(expected)
  expect(event.standing.version).toBe('2026-03-12T10:00:00.000Z')
})

test('a session that expired is a fact alone', async () => {
  const { event } = await tell(stripe, eventOf(session, 'checkout.session.expired'))
  expect(event).toMatchObject({ standing: { is: 'fact', name: 'expired' }, at: '2026-03-12T10:00:00.000Z' })
})

test('other types, sessions that only set a card up, and charges of nothing we know are ignored', async () => {
  const intent = await part('stripe-openapi-fixture-payment_intent.json')
  const ignored = async (object: object, type: string) => (await tell(stripe, eventOf(object, type))).event
  expect(await ignored(intent, 'payment_intent.succeeded')).toMatchObject({
    reason: 'type payment_intent.succeeded',
  })
  expect(await ignored({ ...session, mode: 'setup' }, 'checkout.session.completed')).toMatchObject({
    reason: 'setup-session',
  })
  const charge = await part('stripe-openapi-fixture-charge.json')
  expect(await ignored(charge, 'charge.refunded')).toMatchObject({ reason: 'no-payment-intent' })
  const refund = await part('stripe-openapi-fixture-refund.json')
  expect(await ignored(refund, 'refund.created')).toMatchObject({ reason: 'no-payment-intent' })
})

test('what was sold in test mode is ignored unless it is wanted', async () => {
  const test = { ...eventOf(session), livemode: false }
  const live = { acceptTests: false }
  expect((await tell(stripe, test, live)).event).toEqual({ kind: 'ignored', reason: 'test-delivery' })
  expect((await tell(stripe, test)).event).toMatchObject({
    kind: 'order',
    url: expect.stringContaining('/test/'),
  })
  expect((await tell(stripe, eventOf(session), live)).event.kind).toBe('order')
})

test('an object that is no session is not understood', async () => {
  await expect(tell(stripe, eventOf({ ...session, object: 'order' }))).rejects.toThrow(NotUnderstoodError)
  await expect(tell(stripe, eventOf({ ...session, currency: null }))).rejects.toThrow(/not understood/)
})

test.each([
  ['eur', '20'],
  ['jpy', '2000'],
  ['mga', '2000'],
  ['kwd', '2'],
  ['isk', '20'],
  ['ugx', '20'],
  ['huf', '20'],
  ['krw', '2000'],
])('2000 minor units of %s are %s', async (currency, total) => {
  expect(await snapshotOf({ ...session, currency })).toMatchObject({
    currency: currency.toUpperCase(),
    total,
  })
})

test('without fetched lines the order has one line of the whole and says so', async () => {
  const totals = { amount_discount: 300, amount_shipping: 500, amount_tax: 400 }
  const event = await snapshotOf({ ...session, amount_total: 2600, total_details: totals })
  expect(event.lines).toMatchObject([{ id: 'all', unitPrice: '20', discount: '3', total: '17', tax: '4' }])
  expect(event.shipping).toEqual([{ title: 'Shipping', amount: '5', tax: '0' }])
  expect(event.incomplete).toMatch(/no "secretKey"/)
})

test('a line of the API becomes one of the order', async () => {
  const item = { ...(await part('stripe-openapi-fixture-checkout.line_item.json')), amount_subtotal: 2000 }
  const { lines, incomplete } = await snapshotOf(session, { fetched: { lineItems: [item] as never } })
  expect(lines).toMatchObject([
    { id: 'li_1Pgc73B7WZ01zgkWx8kcmZPK', name: 'T-shirt', quantity: '1', unitPrice: '20' },
  ])
  expect(incomplete).toBeUndefined()
})

test.each([
  ['beside', 2400, false],
  ['inside', 2000, true],
])('a tax %s the prices comes to the total %d', async (_, total, amountsIncludeTax) => {
  const totals = { amount_discount: 0, amount_shipping: 0, amount_tax: 400 }
  const event = await snapshotOf({ ...session, amount_total: total, total_details: totals })
  expect(event).toMatchObject({ amountsIncludeTax, tax: '4' })
  expect(event.adjustment).toBeUndefined()
})

test.each([
  ['shipping', {}],
  ['shipping_details', { shipping: null }],
  ['collected_information', { shipping_details: null }],
])('the shipping address is read from %s', async (place, others) => {
  const details = { name: 'Ada Byron', address: { line1: '12 St James’s Square', country: 'GB' } }
  const value = place === 'collected_information' ? { shipping_details: details } : details
  const { shippingAddress } = await snapshotOf({ ...session, ...others, [place]: value })
  expect(shippingAddress).toMatchObject({ firstName: 'Ada', lastName: 'Byron', country: 'GB' })
})

test('the session of the API with every field is read, whatever is null in it', async () => {
  const full = await part('stripe-openapi-fixture-checkout.session.json')
  const event = await snapshotOf({ ...full, currency: 'usd', amount_total: 0, amount_subtotal: 0 })
  expect(event.buyer).toMatchObject({ email: 'example@example.com' })
  expect(event.billingAddress).toBeUndefined()
})

test('a business buyer is told by custom fields, tax ids and metadata', async () => {
  const event = await snapshotOf({
    ...session,
    customer_details: { name: 'Ada Byron', tax_ids: [{ type: 'gb_vat', value: 'GB123456789' }] },
    custom_fields: [
      {
        key: 'company_name',
        label: { custom: 'Company name' },
        type: 'text',
        text: { value: 'Engines Ltd' },
      },
      { key: 'po', label: { custom: 'PO number' }, type: 'numeric', numeric: { value: '7' } },
      { key: 'blank', label: null, type: 'dropdown', dropdown: null },
    ],
    metadata: { campaign: 'spring' },
  })
  expect(event).toMatchObject({
    purchaseOrder: '7',
    buyer: { company: 'Engines Ltd', vatNumber: 'GB123456789' },
  })
  expect(event.attributes.map(({ name }) => name)).toEqual([
    'Company name',
    'PO number',
    'campaign',
    'Checkout session',
  ])
})

test('what a foreign buyer paid is told besides', async () => {
  const presentment_details = { presentment_amount: 3000, presentment_currency: 'jpy' }
  expect((await snapshotOf({ ...session, presentment_details })).presentment).toEqual({
    currency: 'JPY',
    total: '3000',
  })
})

test.each(['refund.created', 'refund.updated', 'charge.refund.updated'])(
  '%s counts once money is back',
  async (type) => {
    const refund = { ...(await part('stripe-openapi-fixture-refund.json')), payment_intent: 'pi_1' }
    const { identity, event } = await tell(stripe, eventOf(refund, type))
    expect(identity.subject).toBe('pi_1')
    expect(event).toMatchObject({
      standing: { name: 'refunded' },
      refund: { id: 're_1Pgc72B7WZ01zgkWqPvrRrPE', amount: '1' },
    })
    expect((await tell(stripe, eventOf({ ...refund, status: 'pending' }, type))).event).toMatchObject({
      kind: 'ignored',
      reason: 'refund-pending',
    })
  },
)

test('a charge that was refunded whole is one refund, in part only told', async () => {
  const charge = {
    ...(await part('stripe-openapi-fixture-charge.json')),
    payment_intent: 'pi_1',
    amount_refunded: 100,
  }
  const whole = await tell(stripe, eventOf({ ...charge, refunded: true }, 'charge.refunded'))
  expect(whole.event).toMatchObject({ refund: { id: 'ch_1PgafuB7WZ01zgkWXYmPNZs8', amount: '1' } })
  const { event } = await tell(stripe, eventOf({ ...charge, refunded: false }, 'charge.refunded'))
  expect(event).toMatchObject({ attributes: [{ name: 'Refunded in all', value: '1 USD' }] })
  expect(event).not.toHaveProperty('refund.amount')
})

test('without a key nothing is fetched, and nothing can be listed', async () => {
  const api = { credential: async () => undefined, timeoutMs: 1000 }
  const verified = { headers: {}, payload: eventOf(session) as never }
  await expect(stripe.enrich?.(verified, shopContext(), api)).resolves.toBeUndefined()
  await expect(Array.fromAsync(stripe.listSince?.(0, shopContext(), api) ?? [])).rejects.toThrow(
    VendorRefusedError,
  )
})
