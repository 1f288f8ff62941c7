import { generateKeyPairSync, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { adobeCommerce } from '../../lib/sources/adobe-commerce.ts'
import { MissingSecretError, NotUnderstoodError, SignatureError } from '../../lib/sources/errors.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, tell } from '../support/tell.ts'

const TYPE = 'com.adobe.commerce.observer.sales_order_save_commit_after'
const item = {
  item_id: '1',
  sku: 'LAMP',
  name: 'Lamp',
  qty_ordered: 2,
  price: '10.000000',
  row_total: 20,
  tax_amount: 0,
}
const order = {
  increment_id: '000000617',
  order_currency_code: 'EUR',
  grand_total: 20,
  updated_at: '2026-03-12 09:00:00',
  items: [item],
}
const event = (value: object = order, more: object = {}) => ({
  event_id: 'e-1',
  type: TYPE,
  data: { value },
  ...more,
})
const body = JSON.stringify(event())

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { known: publicKey, signing: privateKey }
}

const keys = [keyPair(), keyPair(), keyPair()] as const
const [live, old, foreign] = keys

describe('with Adobe’s keys', () => {
  signatureSuite({
    source: adobeCommerce,
    body,
    proof: { header: 'x-adobe-digital-signature-1', encoding: 'base64' },
    secrets: keys,
  })
})

describe('with a token', () => {
  signatureSuite({ source: adobeCommerce, body, proof: 'token' })
})

function verify(headers: Record<string, string>, secrets: readonly string[], token?: string) {
  const context = { ...shopContext(), secrets, ...(token !== undefined && { token }) }
  return adobeCommerce.verify(post(body, { headers }), context, 0)
}

const signedBy = ({ signing }: typeof live) => sign('sha256', Buffer.from(body), signing).toString('base64')

test('one of the two signatures is enough, with one of the two keys', async () => {
  const headers = {
    'x-adobe-digital-signature-1': signedBy(foreign),
    'x-adobe-digital-signature-2': signedBy(old),
  }
  const oneLine = old.known.replaceAll('\n', '\\n')
  await expect(verify(headers, [live.known, oneLine])).resolves.toHaveProperty('payload.event_id', 'e-1')
  await expect(verify(headers, [live.known])).rejects.toThrow(SignatureError)
})

test('a public key, which everybody knows, is no token', async () => {
  await expect(verify({ 'x-webhook-token': live.known }, [live.known], live.known)).rejects.toThrow(
    SignatureError,
  )
  await expect(verify({}, [live.known, 'a token'], 'a token')).resolves.toHaveProperty('payload')
})

test('what is no key in PEM is our mistake', async () => {
  const headers = { 'x-adobe-digital-signature-1': signedBy(live) }
  const broken = '-----BEGIN PUBLIC KEY-----\nbroken\n-----END PUBLIC KEY-----'
  await expect(verify(headers, [broken])).rejects.toThrow(MissingSecretError)
})

test('a registration is confirmed with its challenge, and with nothing that could be a page', () => {
  const get = (rawQuery: string) =>
    adobeCommerce.handshake?.({ ...post('', { method: 'GET' }), rawQuery }, shopContext())
  expect(get('challenge=8ec8d794-e0ab-42df')).toMatchObject({ status: 200, body: '8ec8d794-e0ab-42df' })
  expect(get('challenge=%3Cscript%3E')).toBeUndefined()
  expect(get('')).toBeUndefined()
  const posted = { ...post(body), rawQuery: 'challenge=8ec8d794' }
  expect(adobeCommerce.handshake?.(posted, shopContext())).toBeUndefined()
})

/** Posted by a module. */
const told = (delivery: unknown) => tell(adobeCommerce, delivery, { withToken: true })

async function snapshotOf(value: object) {
  const { event: snapshot } = await told(event({ ...order, ...value }))
  if (snapshot.kind !== 'order' || !('lines' in snapshot)) throw new Error('no snapshot')
  return snapshot
}

test('a configurable product and what was chosen of it are one line', async () => {
  const parent = {
    ...item,
    product_type: 'configurable',
    sku: 'LAMP-RED',
    product_options: { attributes_info: [{ label: 'Colour', value: 'Red' }] },
  }
  const child = { ...item, item_id: '2', product_type: 'simple', name: 'Lamp, red', price: 0, row_total: 0 }
  for (const link of [{ parent_item_id: '1' }, { parent_item: parent }]) {
    const { lines, adjustment } = await snapshotOf({ items: [parent, { ...child, ...link }] })
    expect(lines).toMatchObject([
      { id: '1', sku: 'LAMP-RED', total: '20', attributes: [{ name: 'Colour', value: 'Red' }] },
    ])
    expect(adjustment).toBeUndefined()
  }
})

test('a bundle whose tax and discount stand with its contents is counted with them', async () => {
  const child = { ...item, parent_item_id: '1', row_total: 10, tax_amount: 1.8, discount_amount: 1 }
  const items = [item, { ...child, item_id: '2' }, { ...child, item_id: '3' }]
  const { lines, adjustment } = await snapshotOf({ items, tax_amount: 3.6, grand_total: 21.6 })
  expect(lines).toMatchObject([{ total: '18', discount: '2', tax: '3.6' }])
  expect(adjustment).toBeUndefined()
})

test('in a shop whose prices contain tax the discount’s share of it is given back', async () => {
  const { lines, shipping, adjustment } = await snapshotOf({
    items: [{ ...item, tax_amount: 3.42, discount_amount: 2.38, discount_tax_compensation_amount: 0.38 }],
    shipping_amount: 5,
    shipping_discount_amount: 1.19,
    shipping_discount_tax_compensation_amnt: 0.19,
    tax_amount: 4.18,
    grand_total: 26.18,
    discount_amount: -3.57,
  })
  expect(lines).toMatchObject([{ total: '18', discount: '2' }])
  expect(shipping).toMatchObject([{ amount: '4' }])
  expect(adjustment).toBeUndefined()
})

test('books are kept in the base currency, and what the buyer saw is beside them', async () => {
  expect(
    await snapshotOf({
      base_currency_code: 'USD',
      base_grand_total: 25,
      base_gift_cards_amount: '2.0000',
      items: [{ ...item, base_price: 13.5, base_row_total: 27 }],
    }),
  ).toMatchObject({
    currency: 'USD',
    total: '25',
    lines: [{ unitPrice: '13.5', total: '27' }],
    discounts: [{ title: 'Gift card', amount: '2' }],
    presentment: { currency: 'EUR', total: '20' },
  })
})

test('an order of the REST API is read like one of an event', async () => {
  const address = {
    firstname: 'Ada',
    lastname: 'Byron',
    street: ['1 Main St', 'Floor 2'],
    country_id: 'GB',
    region: null,
  }
  const rest = {
    ...order,
    customer_id: 7,
    customer_email: 'ada@example.com',
    state: 'complete',
    total_paid: 20,
    total_refunded: 5,
    items: [
      { ...item, qty_shipped: 1 },
      { ...item, item_id: '9', is_virtual: '1', row_total: 0, qty_ordered: 1 },
    ],
    billing_address: { ...address, company: 'Analytical Engines', vat_id: 'GB123456789' },
    extension_attributes: { shipping_assignments: [{ shipping: { address } }] },
    payment: { method: 'purchaseorder', po_number: 'PO-7', additional_information: ['Purchase Order'] },
  }
  const { event: snapshot, identity } = await told(rest)
  expect(identity.subject).toBe('000000617')
  expect(snapshot).toMatchObject({
    state: 'completed',
    payment: 'partly-refunded',
    fulfilment: 'partly-fulfilled',
    buyer: { id: '7', company: 'Analytical Engines', vatNumber: 'GB123456789', firstName: 'Ada' },
    shippingAddress: { street1: '1 Main St', street2: 'Floor 2', country: 'GB' },
    paymentMethod: 'Purchase Order',
    purchaseOrder: 'PO-7',
    refunds: [{ amount: '5' }],
  })
})

test('an order of hardly anything is understood', async () => {
  const value = {
    items: null,
    addresses: null,
    payment: null,
    state: 'canceled',
    grand_total: '0',
    street: 7,
  }
  expect(await snapshotOf(value)).toMatchObject({
    state: 'cancelled',
    payment: 'voided',
    buyer: {},
    lines: [],
  })
})

test('what is no order is parked or ignored, and a batch is refused with advice', async () => {
  await expect(told([event()])).rejects.toThrow('one at a time')
  for (const value of [event({}), {}, null]) await expect(told(value)).rejects.toThrow(NotUnderstoodError)
  const type = 'com.adobe.commerce.observer.catalog_product_save_commit_after'
  expect((await told(event(order, { type }))).event).toEqual({
    kind: 'ignored',
    reason: `topic ${type}`.slice(0, 60),
  })
})

test('leading zeros of a number are kept', async () => {
  const file = 'magento-adobe-io-sales_order_save_commit_after-guest-discount.json'
  const capture = await readFile(new URL(`../fixtures/adobe-commerce/${file}`, import.meta.url), 'utf8')
  const { event: snapshot } = await told(capture)
  expect(snapshot).toMatchObject({ number: '000000617', total: '409.6' })
})
