import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sumOfParts } from '../../lib/events/order-sum.ts'
import { NotUnderstoodError, SignatureError, VendorRefusedError } from '../../lib/sources/errors.ts'
import { woocommerce } from '../../lib/sources/woocommerce.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, type Telling, tell } from '../support/tell.ts'

const line = {
  id: 11,
  name: 'Lamp',
  quantity: 2,
  subtotal: '20.00',
  total: '20.00',
  total_tax: '0.00',
  price: 10,
}
const order = {
  id: 1001,
  number: '1001',
  status: 'processing',
  currency: 'EUR',
  date_modified_gmt: '2026-03-12T08:00:00',
  total: '20.00',
  total_tax: '0.00',
  billing: {},
  line_items: [line],
}

signatureSuite({
  source: woocommerce,
  body: JSON.stringify(order),
  headers: { 'x-wc-webhook-topic': 'order.created' },
  proof: { header: 'x-wc-webhook-signature', encoding: 'base64' },
})

function topic(name: string, more: Telling = {}): Telling {
  return { ...more, headers: { 'x-wc-webhook-topic': name, ...more.headers } }
}

async function snapshotOf(body: unknown, telling: Telling = topic('order.updated')) {
  const { event } = await tell(woocommerce, body, telling)
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  expect(sumOfParts(event).eq(event.total)).toBe(true)
  return event
}

function fixture(file: string): Promise<Buffer> {
  return readFile(new URL(`../fixtures/woocommerce/${file}`, import.meta.url))
}

function verified(body: string | Buffer, signature: string, secret: string) {
  const request = post(body, { headers: { 'x-wc-webhook-signature': signature } })
  return woocommerce.verify(request, { ...shopContext(), secrets: [secret] }, 0)
}

test('the signature is what another implementation makes of the bytes of a sample', async () => {
  const signature = 'J0p7FsBA8yMUR+opz8SvOoGXJXdfn7bNMtan0OvAOXo='
  const body = await fixture('woocommerce-order-guest.json')
  await expect(verified(body, signature, 'wc_test_secret')).resolves.toHaveProperty('payload')
})

test.each([
  ['a&b<c>"d\'', 'a&b<c>"d\''],
  ['a&amp;b&lt;c&gt;&quot;d&#039;', 'a&b<c>"d\''],
  ['a&amp;lt;', 'a&lt;'],
])('the secret %s signs as %s: WordPress stores it escaped', async (configured, key) => {
  const signature = createHmac('sha256', key).update('{}').digest('base64')
  await expect(verified('{}', signature, configured)).resolves.toHaveProperty('payload')
  const signing = { secret: configured, nowMs: 0, deliveryId: 'd', url: '', headers: {} }
  expect(woocommerce.sign(Buffer.from('{}'), signing)).toMatchObject({ 'x-wc-webhook-signature': signature })
})

test('a signature that WooCommerce makes with an empty secret is refused', async () => {
  const signature = createHmac('sha256', '').update('{}').digest('base64')
  await expect(verified('{}', signature, 'live')).rejects.toThrow(SignatureError)
})

test('the ping of a new webhook is answered with 200', async () => {
  const body = await fixture('woocommerce-ping.txt')
  const ping = post(body, { contentType: 'application/x-www-form-urlencoded' })
  expect(woocommerce.handshake?.(ping, shopContext())).toEqual({ status: 200, body: '' })
})

test.each([
  ['webhook_id=13&order=1', {}],
  ['webhook_id=x', {}],
  ['{"id":13}', {}],
  ['', {}],
  ['webhook_id=13', { 'x-wc-webhook-signature': 'x' }],
])('%j with the headers %j is no ping', (body, headers) => {
  expect(woocommerce.handshake?.(post(body, { headers }), shopContext())).toBeUndefined()
})

test.each([
  ['order.created', { id: 1001 }],
  ['order.updated', { ...order, line_items: 'none' }],
  ['order.deleted', order],
  ['order.restored', { id: 1001 }],
  ['order.created', [order]],
])('a body that is none of the topic %s is not understood', async (name, body) => {
  await expect(tell(woocommerce, body, topic(name))).rejects.toThrow(NotUnderstoodError)
})

test.each(['product.updated', 'customer.created', 'action.woocommerce_payment_complete'])(
  'the topic %s is ignored',
  async (name) => {
    expect((await tell(woocommerce, order, topic(name))).event).toEqual({
      kind: 'ignored',
      reason: `topic ${name}`,
    })
  },
)

test('deliveries of the same bytes are one, whatever the unsigned headers say', async () => {
  const first = await tell(
    woocommerce,
    order,
    topic('order.created', { headers: { 'x-wc-webhook-id': '1' } }),
  )
  const second = await tell(
    woocommerce,
    order,
    topic('order.updated', { headers: { 'x-wc-webhook-id': '2' } }),
  )
  expect(second).toEqual(first)
  expect(first.identity.subject).toBe('1001')
})

test('an order back from the trash says so even when an update of the same bytes came before', async () => {
  const updated = await tell(woocommerce, order, topic('order.updated'))
  const restored = await tell(woocommerce, order, topic('order.restored'))
  expect(restored.identity.subject).toBe(updated.identity.subject)
  expect(restored.identity.id).not.toBe(updated.identity.id)
  expect(restored.event).toMatchObject({ standing: { is: 'snapshot', fact: 'restored' } })
})

test('a deletion tells the id alone', async () => {
  const { identity, event } = await tell(woocommerce, { id: 1001 }, topic('order.deleted'))
  expect(identity.subject).toBe('1001')
  expect(event).toMatchObject({ orderId: '1001', standing: { is: 'fact', name: 'deleted' } })
})

test.each([
  ['pending', {}, { state: 'open', payment: 'unpaid', fulfilment: 'unfulfilled' }],
  ['processing', { date_paid_gmt: '2026-03-12T08:00:00' }, { state: 'open', payment: 'paid' }],
  ['completed', { date_paid_gmt: '2026-03-12T08:00:00' }, { state: 'completed', fulfilment: 'fulfilled' }],
  ['failed', {}, { state: 'open', payment: 'failed' }],
  ['cancelled', {}, { state: 'cancelled', payment: 'unpaid' }],
  ['refunded', {}, { state: 'completed', payment: 'refunded' }],
  ['completed', { refunds: [{ id: 1, total: '-5.00' }] }, { payment: 'partly-refunded' }],
  ['trash', {}, { state: 'deleted' }],
  ['checkout-draft', {}, { state: 'draft' }],
  ['wc-awaiting-pickup', {}, { state: 'open' }],
])('the status %s with %j is %j', async (status, more, expected) => {
  expect(await snapshotOf({ ...order, status, ...more })).toMatchObject(expected)
})

test('the version is the UTC time of the last change, not the site’s own time', async () => {
  const body = { ...order, date_modified: '2026-03-12T09:00:00' }
  expect((await snapshotOf(body)).standing).toEqual({ is: 'snapshot', version: '2026-03-12T08:00:00.000Z' })
})

test('HTML entities in names, addresses and notes are read', async () => {
  const event = await snapshotOf({
    ...order,
    billing: {
      company: 'H&amp;M',
      address_1: '632 O&#8217;Conner',
      last_name: 'O&#039;Neil',
      email: 'a@b.example',
    },
    customer_note: 'Fish &amp; chips &notanentity AT&T',
    line_items: [{ ...line, name: '&lt;Variable&gt; Pens', sku: 42 }],
  })
  expect(event.buyer).toMatchObject({ company: 'H&M', lastName: "O'Neil", email: 'a@b.example' })
  expect(event.billingAddress?.street1).toBe('632 O’Conner')
  expect(event.note).toBe('Fish & chips &notanentity AT&T')
  expect(event.lines[0]).toMatchObject({ name: '<Variable> Pens', sku: '42' })
})

test('a unit price is made from the line’s amounts, not from the float beside them', async () => {
  const body = JSON.stringify({ ...order, total: '32.40' }).replace(
    JSON.stringify(line),
    '{"id":11,"name":"Lamp","quantity":3,"subtotal":"36.00","total":"32.40","total_tax":"0","price":10.799999999999999}',
  )
  const { lines } = await snapshotOf(body)
  expect(lines[0]).toMatchObject({ quantity: '3', unitPrice: '12', discount: '3.6', total: '32.4' })
})

test('amounts never contain tax, even in a shop whose catalogue does', async () => {
  const event = await snapshotOf({
    ...order,
    prices_include_tax: true,
    total: '29.75',
    total_tax: '4.75',
    shipping_total: '5.00',
    tax_lines: [{ label: 'MwSt', rate_percent: 19, tax_total: '3.80', shipping_tax_total: '0.95' }],
    shipping_lines: [{ method_title: 'DHL', total: '5.00', total_tax: '0.95' }],
  })
  expect(event).toMatchObject({ amountsIncludeTax: false, tax: '4.75' })
  expect(event.taxes).toEqual([{ title: 'MwSt', rate: '19', amount: '4.75' }])
  expect(event.shipping).toEqual([{ title: 'DHL', amount: '5', tax: '0.95' }])
})

test('what a bundle is made of stands beside it and says so, with the amounts that are in the total', async () => {
  const bundle = { ...line, id: 1, name: 'Kit', quantity: 1, subtotal: '0.00', total: '0.00', bundled_by: '' }
  const part = { ...line, id: 2, name: 'Camera', bundled_by: 1 }
  const { lines } = await snapshotOf({ ...order, line_items: [bundle, part] })
  expect(lines.map(({ total, attributes }) => ({ total, attributes }))).toEqual([
    { total: '0', attributes: [] },
    { total: '20', attributes: [{ name: 'Part of', value: 'Kit' }] },
  ])
})

test('gift cards lower the total, and their codes are not told', async () => {
  const event = await snapshotOf({
    ...order,
    total: '8',
    gift_cards: [{ id: 2, code: 'SU9F-MGB5-EZFT', amount: 12 }],
  })
  expect(event.discounts).toEqual([{ title: 'Gift card …EZFT', amount: '12' }])
  expect(JSON.stringify(event)).not.toContain('SU9F')
})

test('a VAT number and a purchase order are found in the meta data', async () => {
  const event = await snapshotOf({
    ...order,
    meta_data: [
      { key: 'is_vat_exempt', value: 'yes' },
      { key: '_order_tax', value: '123456' },
      { key: '_vat_amount', value: '123456' },
      { key: '_billing_eu_vat_number', value: 'DE123456789' },
      { key: '_purchase_order_number', value: 'PO-7' },
    ],
  })
  expect(event.buyer.vatNumber).toBe('DE123456789')
  expect(event.purchaseOrder).toBe('PO-7')
})

test('meta data of any shape is read or passed over', async () => {
  const meta = [
    { key: 'Engraving', value: 'x', display_key: 'Engraving', display_value: 'For &quot;Ada&quot;' },
    {
      key: 'File',
      value: 'https://files.example/1',
      display_value: '<a href="https://files.example/1">1</a>',
    },
    { key: '_hidden', value: 'x' },
    { key: 'Structure', value: { a: [1] }, display_value: ['x'] },
    { key: 7, value: 8 },
    null,
  ]
  const { lines } = await snapshotOf({ ...order, line_items: [{ ...line, meta_data: meta }] })
  expect(lines[0]?.attributes).toEqual([
    { name: 'Engraving', value: 'For "Ada"' },
    { name: 'File', value: 'https://files.example/1' },
    { name: '7', value: '8' },
  ])
})

test('a guest has no id, and blank fields are absent', async () => {
  const blank = { first_name: '', last_name: '', company: '', email: '', phone: '' }
  const { buyer, billingAddress } = await snapshotOf({
    ...order,
    customer_id: 0,
    billing: blank,
    shipping: null,
  })
  expect(JSON.parse(JSON.stringify({ buyer, billingAddress }))).toEqual({ buyer: {} })
})

test('a partial refund is told beside the unchanged total', async () => {
  const { refunds, total } = await snapshotOf({
    ...order,
    refunds: [{ id: 9, reason: 'torn', total: '-5.00' }],
  })
  expect({ refunds, total }).toEqual({
    refunds: [{ id: '9', amount: '5', reason: 'torn', lines: [] }],
    total: '20',
  })
})

test('without the site’s address or keys nothing can be listed', async () => {
  const api = { credential: async () => undefined, timeoutMs: 1000 }
  const listing = (options: Record<string, unknown>) =>
    Array.fromAsync(woocommerce.listSince?.(0, shopContext({ options }), api) ?? [])
  await expect(listing({})).rejects.toThrow(/site is not configured/)
  await expect(listing({ site: 'https://a.example' })).rejects.toThrow(VendorRefusedError)
})
