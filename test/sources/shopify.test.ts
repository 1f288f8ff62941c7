import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sumOfParts } from '../../lib/events/order-sum.ts'
import { NotUnderstoodError, SignatureError, VendorRefusedError } from '../../lib/sources/errors.ts'
import { shopify } from '../../lib/sources/shopify.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, type Telling, tell } from '../support/tell.ts'

const line = { id: 11, title: 'Lamp', quantity: 2, price: '10.00' }
const order = {
  id: 1001,
  name: '#1001',
  updated_at: '2026-03-12T09:00:00+01:00',
  currency: 'EUR',
  financial_status: 'pending',
  total_price: '20.00',
  line_items: [line],
}

signatureSuite({
  source: shopify,
  body: JSON.stringify(order),
  headers: { 'x-shopify-topic': 'orders/create' },
  proof: { header: 'x-shopify-hmac-sha256', encoding: 'base64' },
  secrets: ['shpss_live', 'shpss_old', 'shpss_foreign'],
})

function topic(name: string, more: Telling = {}): Telling {
  return { ...more, headers: { 'x-shopify-topic': name, ...more.headers } }
}

async function snapshotOf(body: unknown, telling: Telling = topic('orders/updated')) {
  const { event } = await tell(shopify, body, telling)
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  expect(sumOfParts(event).eq(event.total)).toBe(true)
  return event
}

async function part(file: string): Promise<object> {
  return JSON.parse(await readFile(new URL(`../fixtures/shopify/${file}`, import.meta.url), 'utf8'))
}

// Published with the vendors' libraries: Shopify/shopify-app-js, bold-commerce/go-shopify, nozzlegear/ShopifySharp.
const VECTORS = [
  ['test_secret_key', '{"foo": "bar"}', 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=', true],
  ['hush', '"my secret message"', 'hMTq0K2x7oyOjoBwGYeTj5oxfnaVYXzbanUG9aajpKI=', true],
  ['hush', '""', 'ZAZ6P4c14f6v798OCPYCodtdf9g8Z+GfthdfCgyhUYg=', true],
  ['hush', '', 'ZAZ6P4c14f6v798OCPYCodtdf9g8Z+GfthdfCgyhUYg=', false],
  ['hush', '"my invalid message"', 'hMTq0K2x7oyOjoBwGYeTj5oxfnaVYXzbanUG9aajpKI=', false],
  ['hush', '"my secret message"', 'YmxhaGJsYWgK', false],
  ['hush', '"my secret message"', 'XXXXXaGVsbG8=', false],
  ['some-secret', 'Bf', '3X6clrsy+C8mmzR/MeTh6b/EcLr46WLZaU+24GrPXOM=', true],
  ['some-secret-2', 'Bf', '3X6clrsy+C8mmzR/MeTh6b/EcLr46WLZaU+24GrPXOM=', false],
] as const

test.each(VECTORS)(
  'the secret %s and the body %j make the signature %s: %s',
  async (secret, body, mac, isGood) => {
    const request = post(body, { headers: { 'x-shopify-hmac-sha256': mac } })
    const outcome = await shopify
      .verify(request, { ...shopContext(), secrets: [secret] }, 0)
      .catch((error) => error)
    expect(outcome instanceof SignatureError).toBe(!isGood)
  },
)

test('the own signature is the MAC that Shopify documents', () => {
  const signing = { secret: 'hush', nowMs: 0, deliveryId: 'd-1', url: '', headers: {} }
  expect(shopify.sign(Buffer.from('{}'), signing)).toMatchObject({
    'x-shopify-hmac-sha256': createHmac('sha256', 'hush').update('{}').digest('base64'),
    'x-shopify-webhook-id': 'd-1',
  })
})

test('deliveries of the same bytes are one, whatever the unsigned headers say', async () => {
  const first = await tell(
    shopify,
    order,
    topic('orders/create', { headers: { 'x-shopify-webhook-id': 'a' } }),
  )
  const second = await tell(
    shopify,
    order,
    topic('orders/paid', { headers: { 'x-shopify-webhook-id': 'b' } }),
  )
  expect(second).toEqual(first)
  expect(first.identity.subject).toBe('1001')
})

test.each([
  ['orders/create', { id: 1001 }],
  ['orders/updated', { ...order, line_items: 'none' }],
  ['orders/delete', order],
  ['refunds/create', order],
  ['orders/edited', order],
  ['draft_orders/create', order],
  ['orders/create', []],
  ['orders/create', null],
])('a body that is none of the topic %s is not understood', async (name, body) => {
  await expect(tell(shopify, body, topic(name))).rejects.toThrow(NotUnderstoodError)
})

test.each(['carts/update', 'fulfillments/create', 'app/uninstalled'])(
  'the topic %s is ignored',
  async (name) => {
    const { event } = await tell(shopify, { id: 1 }, topic(name))
    expect(event).toEqual({ kind: 'ignored', reason: `topic ${name}` })
  },
)

test('a test notification and a test order are ignored unless they are wanted', async () => {
  const notification = topic('orders/create', { headers: { 'x-shopify-test': 'true' } })
  const ignored = { event: { kind: 'ignored', reason: 'test-delivery' } }
  const live = { acceptTests: false }
  expect(await tell(shopify, order, { ...notification, ...live })).toMatchObject(ignored)
  expect(await tell(shopify, { ...order, test: true }, topic('orders/create', live))).toMatchObject(ignored)
  expect(await tell(shopify, order, notification)).toMatchObject({ event: { kind: 'order' } })
  expect(await tell(shopify, order, topic('orders/create', live))).toMatchObject({ event: { kind: 'order' } })
})

test('an order is a snapshot of the time of its last change, and a cancelled one a fact besides', async () => {
  expect((await snapshotOf(order)).standing).toEqual({ is: 'snapshot', version: '2026-03-12T08:00:00.000Z' })
  const cancelled = await snapshotOf({
    ...order,
    cancelled_at: '2026-03-12T10:00:00Z',
    cancel_reason: 'fraud',
  })
  expect(cancelled).toMatchObject({
    state: 'cancelled',
    cancelReason: 'fraud',
    standing: { fact: 'cancelled' },
  })
})

test('an order with a domain of the shop has the address people find it under', async () => {
  const options = { shop: 'lamps.myshopify.com' }
  expect((await snapshotOf(order, topic('orders/create', { options }))).url).toBe(
    'https://lamps.myshopify.com/admin/orders/1001',
  )
  await expect(
    tell(shopify, order, topic('orders/create', { options: { shop: 'lamps.de' } })),
  ).rejects.toThrow(/"shop": shop: a domain such as/)
})

test('nulls where objects and texts are expected are an order without them', async () => {
  const nothing = {
    customer: null,
    billing_address: null,
    shipping_address: null,
    email: '',
    contact_email: null,
  }
  const blank = {
    note: null,
    tags: null,
    tax_lines: null,
    discount_codes: null,
    refunds: null,
    shipping_lines: null,
  }
  const { buyer, lines } = await snapshotOf({ ...order, ...nothing, ...blank })
  expect(JSON.parse(JSON.stringify(buyer))).toEqual({})
  expect(lines).toHaveLength(1)
})

test('amounts may be numbers and quantities texts', async () => {
  const odd = { ...order, total_price: 31.5, line_items: [{ ...line, quantity: '3', price: 10.5 }] }
  const { lines, total } = await snapshotOf(odd)
  expect(lines[0]).toMatchObject({ quantity: '3', unitPrice: '10.5', total: '31.5' })
  expect(total).toBe('31.5')
})

test('an id beyond 2^53 keeps its digits', async () => {
  const text = JSON.stringify(order).replace('1001', '820982911946154508')
  const { identity, event } = await tell(shopify, text, topic('orders/create'))
  expect(identity.subject).toBe('820982911946154508')
  expect(event).toMatchObject({ orderId: '820982911946154508' })
})

test('the line of the sample has its allocated discount, its properties and its tax', async () => {
  const sample = await part('shopify-lineitem-valid.json')
  const { lines } = await snapshotOf({
    ...order,
    total_price: '32.84',
    total_tax: '26.00',
    line_items: [sample],
  })
  expect(lines[0]).toMatchObject({
    name: 'Soda Title',
    variant: 'Test Variant',
    discount: '5.5',
    total: '6.84',
    tax: '26',
    attributes: [
      { name: 'note 1', value: 'one' },
      { name: 'note 2', value: '2' },
    ],
  })
})

test.each([
  ['shopify-lineitem-properties-empty_object.json', []],
  ['shopify-lineitem-properties-object.json', [{ name: 'property 1', value: '3' }]],
])('the properties of %s are read', async (file, attributes) => {
  const { lines } = await snapshotOf({ ...order, line_items: [{ ...line, ...(await part(file)) }] })
  expect(lines[0]?.attributes).toEqual(attributes)
})

test('hidden properties are not shown, and a flag is told in words', async () => {
  const properties = [
    { name: '_upsell', value: '1' },
    { name: 'Gift wrap', value: true },
    { name: 'Nothing', value: null },
  ]
  const { lines } = await snapshotOf({ ...order, line_items: [{ ...line, properties }] })
  expect(lines[0]?.attributes).toEqual([{ name: 'Gift wrap', value: 'true' }])
})

test('what a discount takes off is where Shopify says it is', async () => {
  const allocations = [{ amount: '1.50' }, { amount: '0.50' }]
  const both = { ...line, total_discount: '2.00', discount_allocations: allocations }
  const shipping = {
    title: 'Post',
    price: '5.00',
    discounted_price: '5.00',
    discount_allocations: [{ amount: '5.00' }],
  }
  const codes = [{ code: 'SPRING', amount: '7.00', type: 'percentage' }]
  const event = await snapshotOf({
    ...order,
    total_price: '18.00',
    total_discounts: '7.00',
    discount_codes: codes,
    line_items: [both],
    shipping_lines: [shipping],
  })
  expect(event.lines[0]).toMatchObject({ discount: '2', total: '18' })
  expect(event.shipping).toEqual([{ title: 'Post', amount: '0', tax: '0' }])
  expect(event).toMatchObject({ discounts: [], discountCodes: ['SPRING'] })
})

test('a tip, duties and a discount of the whole order are part of the total when they explain it', async () => {
  const event = await snapshotOf({
    ...order,
    total_price: '24.00',
    total_tip_received: '3.00',
    total_discounts: '4.00',
    original_total_duties_set: { shop_money: { amount: '5.00', currency_code: 'EUR' } },
  })
  expect(event.fees).toEqual([
    { title: 'Tip', amount: '3', tax: '0' },
    { title: 'Duties', amount: '5', tax: '0' },
  ])
  expect(event.discounts).toEqual([{ title: 'Discount', amount: '4' }])
  expect(event.adjustment).toBeUndefined()
})

test('a tip that the lines contain already is not counted twice', async () => {
  const event = await snapshotOf({ ...order, total_tip_received: '3.00' })
  expect(event.fees).toEqual([])
  expect(event.adjustment).toBeUndefined()
})

test('a total that nothing explains carries an adjustment with its reason', async () => {
  expect((await snapshotOf({ ...order, total_price: '19.99' })).adjustment).toEqual({
    amount: '-0.01',
    reason: 'the amounts Shopify states do not come to its total',
  })
})

test('prices that contain the tax, and a currency without decimals', async () => {
  const taxed = { price: '1818', tax_lines: [{ title: 'VAT', price: '165', rate: 0.1 }], quantity: 1 }
  const event = await snapshotOf({
    ...order,
    currency: 'VND',
    taxes_included: true,
    total_price: '1818',
    total_tax: '165',
    tax_lines: taxed.tax_lines,
    line_items: [{ ...line, ...taxed }],
  })
  expect(event).toMatchObject({ amountsIncludeTax: true, tax: '165', total: '1818', currency: 'VND' })
  expect(event.taxes).toEqual([{ title: 'VAT', rate: '10', amount: '165' }])
})

test('what a foreign buyer saw is told besides the shop’s own amounts', async () => {
  const money = {
    shop_money: { amount: '20.00' },
    presentment_money: { amount: '21.80', currency_code: 'USD' },
  }
  const { presentment, total } = await snapshotOf({
    ...order,
    presentment_currency: 'USD',
    total_price_set: money,
  })
  expect({ presentment, total }).toEqual({ presentment: { currency: 'USD', total: '21.8' }, total: '20' })
})

test('a business buyer has its company, VAT number and purchase order', async () => {
  const event = await snapshotOf({
    ...order,
    po_number: 'PO-7',
    company: { id: 42, location_id: 43 },
    billing_address: { name: 'Ada Byron', company: 'Engines Ltd', country_code: 'GB' },
    note_attributes: [{ name: 'VAT ID', value: 'GB123456789' }],
  })
  expect(event.buyer).toMatchObject({
    firstName: 'Ada',
    lastName: 'Byron',
    company: 'Engines Ltd',
    vatNumber: 'GB123456789',
  })
  expect(event.purchaseOrder).toBe('PO-7')
  expect(event.attributes).toContainEqual({ name: 'Shopify company', value: '42' })
})

test('a refund in the buyer’s currency is told in the shop’s', async () => {
  const shopMoney = { shop_money: { amount: '10.00', currency_code: 'EUR' } }
  const refund = {
    id: 5,
    order_id: 1001,
    created_at: '2026-03-12T10:00:00Z',
    refund_line_items: [
      { line_item_id: 11, quantity: 1, subtotal: 10, total_tax: 1.9, subtotal_set: shopMoney },
    ],
    transactions: [{ kind: 'refund', status: 'success', amount: '12.95', currency: 'USD' }],
  }
  const { event, identity } = await tell(shopify, refund, topic('refunds/create'))
  expect(identity.subject).toBe('1001')
  expect(event).toMatchObject({
    standing: { is: 'fact', name: 'refunded' },
    refund: { id: '5', amount: '11.9', lines: [{ lineId: '11', quantity: '1', amount: '11.9' }] },
  })
})

test('a failed refund gives nothing back', async () => {
  const transactions = [
    { kind: 'refund', status: 'failure', amount: '5.00', currency: 'EUR' },
    { kind: 'refund', status: 'success', amount: '4.00', currency: 'EUR' },
  ]
  const body = { id: 5, order_id: 1001, refund_line_items: [], transactions }
  expect(await tell(shopify, body, topic('refunds/create'))).toMatchObject({
    event: { refund: { amount: '4' } },
  })
})

test('an edit is a fact of its order and says how much was added and removed', async () => {
  const body = {
    order_edit: {
      id: 3,
      order_id: 1001,
      committed_at: '2026-03-12T11:00:00Z',
      line_items: { additions: [{ id: 1, delta: 2 }], removals: [{ id: 11, delta: 1 }] },
      staff_note: 'larger lamp',
    },
  }
  const { event, identity } = await tell(shopify, body, topic('orders/edited'))
  expect(identity.subject).toBe('1001')
  expect(event).toMatchObject({
    standing: { is: 'fact', name: 'edited' },
    at: '2026-03-12T11:00:00.000Z',
    reason: 'larger lamp',
    attributes: [
      { name: 'Items added', value: '2' },
      { name: 'Items removed', value: '1' },
    ],
  })
})

test('a draft is a subject of its own, and cancelled when it becomes an order', async () => {
  const draft = {
    id: 1001,
    name: '#D1',
    currency: 'EUR',
    total_price: '20.00',
    invoice_url: 'https://x',
    line_items: [line],
  }
  const first = await tell(shopify, draft, topic('draft_orders/create'))
  expect(first).toMatchObject({
    identity: { subject: 'draft-1001' },
    event: { state: 'draft', orderId: 'draft-1001' },
  })
  const became = { ...draft, order_id: 2002, completed_at: '2026-03-12T11:00:00Z' }
  expect(await tell(shopify, became, topic('draft_orders/update'))).toMatchObject({
    event: { state: 'cancelled', cancelReason: 'became order 2002' },
  })
  expect(await tell(shopify, { id: 1001 }, topic('draft_orders/delete'))).toMatchObject({
    identity: { subject: 'draft-1001' },
    event: { standing: { is: 'fact', name: 'deleted' } },
  })
})

test('an order without a currency is not understood, and the rule is named', async () => {
  const failure = await tell(shopify, { ...order, currency: null }, topic('orders/create')).catch(
    (error) => error,
  )
  expect(failure).toBeInstanceOf(NotUnderstoodError)
  expect(failure.issues).toEqual(['currency: an ISO 4217 code'])
})

test('without a credential, or without the shop’s address, nothing can be listed', async () => {
  const nobody = { credential: async () => undefined, timeoutMs: 1000 }
  const listing = (api: typeof nobody | { credential: () => Promise<string>; timeoutMs: number }) =>
    Array.fromAsync(shopify.listSince?.(0, shopContext(), api) ?? [])
  await expect(listing(nobody)).rejects.toThrow(
    new VendorRefusedError('api.credentials: "accessToken" is not configured'),
  )
  await expect(listing({ ...nobody, credential: async () => 't' })).rejects.toThrow(/shop is not configured/)
})
