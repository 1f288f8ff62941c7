import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sumOfParts } from '../../lib/events/order-sum.ts'
import { bigcommerce } from '../../lib/sources/bigcommerce.ts'
import { NotUnderstoodError, VendorRefusedError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, tell } from '../support/tell.ts'
import { fetchedFor, listed, vendor, vendorSuite } from '../support/vendor-suite.ts'

const created = { scope: 'store/order/created', data: { type: 'order', id: 250 }, created_at: 1561479335 }
const thin = {
  source: bigcommerce,
  body: created,
  telling: { options: { storeHash: 'abcde' } },
  credentials: { accessToken: 'bc-token' },
}

signatureSuite({
  source: bigcommerce,
  body: JSON.stringify(created),
  proof: { header: 'webhook-signature', encoding: 'base64' },
  toleranceMs: 5 * 60_000,
})
vendorSuite(thin)

async function part(file: string): Promise<Json> {
  return JSON.parse(await readFile(new URL(`../fixtures/bigcommerce/${file}`, import.meta.url), 'utf8'))
}

async function orderOf(order: object, rest: object = {}) {
  const { event } = await tell(bigcommerce, created, { fetched: { order, ...rest } as Json })
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  return event
}

test('the signature of a signed hook is known from its documentation', async () => {
  const body = await readFile(
    new URL('../fixtures/bigcommerce/bigcommerce-store_order_created.json', import.meta.url),
  )
  const headers = {
    'webhook-id': 'msg_test',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1a,other v1,cEWehTikwixxfOoWNvTS9tPWpYxtujpCgkg2ppWCc4Y=',
  }
  const context = { ...shopContext(), secrets: ['bc_client_secret'] }
  const verified = bigcommerce.verify(post(body, { headers }), context, 1614265330_000)
  await expect(verified).resolves.toHaveProperty('payload.data.id', 250)
})

test('a hook without a signature shows its token in a header', async () => {
  const context = shopContext()
  const request = (token: string) => post(JSON.stringify(created), { headers: { 'x-webhook-token': token } })
  const good = bigcommerce.verify(request(context.secrets[0] ?? ''), context, 0)
  await expect(good).resolves.toHaveProperty('payload.data.id', 250)
  await expect(bigcommerce.verify(request('guess'), context, 0)).rejects.toThrow('token')
})

test('an order is fetched with its lines page by page, its addresses and its coupons', async () => {
  const order = await part('bigcommerce-order-v2-218.json')
  const [line] = (await part('bigcommerce-order-v2-products.json')) as Json[]
  const addresses = await part('bigcommerce-order-v2-shipping-addresses.json')
  const { fetched, asked } = await fetchedFor(thin, ({ path, query }) => {
    if (path.endsWith('/orders/250')) return { body: order }
    if (path.endsWith('/coupons')) return { status: 204 }
    if (path.endsWith('/shipping_addresses')) return { body: addresses }
    return { body: Array.from({ length: query.get('page') === '1' ? 250 : 1 }, () => line) }
  })
  const lines = Array.from({ length: 251 }, () => line)
  expect(fetched).toEqual({ order, products: lines, shippingAddresses: addresses, coupons: [] })
  expect(
    asked.map(({ path, query }) => `${path.replace('/stores/abcde/v2', '')} ${query.get('page')}`).toSorted(),
  ).toEqual([
    '/orders/250 null',
    '/orders/250/coupons 1',
    '/orders/250/products 1',
    '/orders/250/products 2',
    '/orders/250/shipping_addresses 1',
  ])
  expect(asked[0]?.headers['x-auth-token']).toBe('bc-token')
})

test('the orders changed since an instant are listed as deliveries that fetch the rest', async () => {
  const [order] = (await part('bigcommerce-orders-v2-list.json')) as { id: number }[]
  const { found, asked } = await listed(thin, Date.UTC(2018, 0, 1), ({ query }) => ({
    body: Array.from({ length: query.get('page') === '1' ? 50 : 1 }, (_, index) => ({
      ...order,
      id: Number(query.get('page')) * 1000 + index,
    })),
  }))
  expect(found).toHaveLength(51)
  expect(found[50]).toMatchObject({
    verified: { payload: { data: { id: 2000 }, created_at: '2018-12-05T20:16:55.000Z' } },
    identity: { subject: '2000' },
  })
  expect(new Set(found.map(({ identity }) => identity.id)).size).toBe(51)
  expect(asked[0]?.query.get('min_date_modified')).toBe('2018-01-01T00:00:00.000Z')
  const [first] = found
  if (first === undefined) throw new Error('nothing is listed')
  const { api, asked: askedLater } = await vendor(thin, () => ({ body: [] }))
  await bigcommerce.enrich?.(first.verified, shopContext(thin.telling), api)
  expect(askedLater[0]?.path).toContain('/orders/1000')
})

test('a credential without the name of the store is a mistake of the configuration', async () => {
  await expect(fetchedFor({ ...thin, telling: {} }, () => ({}))).rejects.toThrow(VendorRefusedError)
})

const money = { id: 1, currency_code: 'EUR', date_modified: 'Mon, 11 Mar 2019 15:17:25 +0000' }
const product = {
  id: 7,
  name: 'Lamp',
  quantity: 3,
  price_ex_tax: '33.3333',
  price_inc_tax: '39.6666',
  total_ex_tax: '100.0000',
  total_inc_tax: '119.0000',
  total_tax: '19.0000',
}

test('in a shop whose prices are without tax, so are the amounts and the discount', async () => {
  const order = { ...money, coupon_discount: '10.0000', total_tax: '17.1000', total_inc_tax: '107.1000' }
  const event = await orderOf(order, { products: [product], coupons: [{ code: 'TEN', discount: '10.0000' }] })
  expect(event).toMatchObject({
    amountsIncludeTax: false,
    lines: [{ total: '100', unitPrice: '33.3333', discount: '0', tax: '19' }],
    discounts: [{ code: 'TEN', amount: '10' }],
    total: '107.1',
  })
  expect(event.adjustment).toBeUndefined()
})

test('an example of the API whose lines are missing still comes to its total', async () => {
  const event = await orderOf((await part('bigcommerce-order-v2-218.json')) as object)
  expect(event.adjustment?.amount).toBe('67.84')
  expect(sumOfParts(event).toFixed()).toBe('69.84')
})

test('a guest without anything, credit, refunds and a foreign currency are told as they are', async () => {
  const event = await orderOf(
    {
      ...money,
      customer_id: 0,
      status_id: 14,
      payment_status: 'partially refunded',
      billing_address: null,
      default_currency_code: 'EUR',
      currency_code: 'GBP',
      currency_exchange_rate: '0.8000000000',
      total_inc_tax: 119,
      total_tax: 19,
      refunded_amount: '39.6700',
      store_credit_amount: '5.0000',
    },
    { products: [{ ...product, quantity_refunded: 1 }] },
  )
  expect(event).toMatchObject({
    buyer: {},
    payment: 'partly-refunded',
    presentment: { currency: 'GBP', total: '95.2' },
    refunds: [{ id: '250-refunded', amount: '39.67', lines: [{ lineId: '7', quantity: '1' }] }],
    attributes: [{ name: 'Store credit', value: '5' }],
  })
  expect(event.billingAddress).toBeUndefined()
})

test('what names no order is parked, what is about something else ignored', async () => {
  const parked = [{ scope: 'store/order/created', data: { type: 'order', id: '../1' } }, { data: {} }, null]
  for (const body of parked) await expect(tell(bigcommerce, body)).rejects.toThrow(NotUnderstoodError)
  const { event } = await tell(bigcommerce, {
    scope: 'store/customer/created',
    data: { type: 'customer', id: 1 },
  })
  expect(event).toEqual({ kind: 'ignored', reason: 'topic store/customer/created' })
})

test('a stub is older than what is told in full', async () => {
  const { event } = await tell(bigcommerce, {
    scope: 'store/order/statusUpdated',
    data: { type: 'order', id: 250, status: { previous_status_id: 11, new_status_id: 5 } },
  })
  expect(event).toMatchObject({ state: 'cancelled', standing: { version: '' }, currency: 'XXX' })
})
