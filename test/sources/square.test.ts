import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { square } from '../../lib/sources/square.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, tell } from '../support/tell.ts'
import { fetchedFor, listed, vendorSuite } from '../support/vendor-suite.ts'

const created = {
  type: 'order.created',
  event_id: 'e-1',
  data: { object: { order_created: { order_id: 'ORDER1', state: 'OPEN', version: 1 } } },
}
const thin = { source: square, body: created, credentials: { accessToken: 'sq-token' } }

signatureSuite({
  source: square,
  body: JSON.stringify(created),
  proof: { header: 'x-square-hmacsha256-signature', encoding: 'base64' },
})
vendorSuite(thin)

type Fetched = { readonly order: { readonly [key: string]: Json }; readonly customer: Json }

async function example(): Promise<Fetched> {
  const file = new URL('../fixtures/square/square-order-fetched.composed.json', import.meta.url)
  return JSON.parse(await readFile(file, 'utf8'))
}

async function snapshotOf(change: object, rest: object = {}) {
  const { order } = await example()
  const fetched = { order: { ...order, ...change }, ...rest } as Json
  const { event } = await tell(square, created, { fetched })
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  return event
}

const URL_OF_VECTORS = 'https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9'
const BODY_OF_VECTORS =
  '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}'
const SIGNATURE_OF_VECTORS = 'GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4='

// Published with Square's library: square/square-nodejs-sdk, tests/integration/webhooks.test.ts.
test.each([
  ['as it was sent', URL_OF_VECTORS, BODY_OF_VECTORS, 'Ibxx_5AKakO-3qeNVR61Dw', true],
  ['at another address', 'https://webhook.site/other', BODY_OF_VECTORS, 'Ibxx_5AKakO-3qeNVR61Dw', false],
  ['with another key', URL_OF_VECTORS, BODY_OF_VECTORS, 'MCmhFRxGX82xMwg5FsaoQA', false],
  [
    'written anew',
    URL_OF_VECTORS,
    JSON.stringify(JSON.parse(BODY_OF_VECTORS), null, 2),
    'Ibxx_5AKakO-3qeNVR61Dw',
    false,
  ],
])('the signature of a notification %s', async (_, url, body, secret, isGood) => {
  const request = post(body, { headers: { 'x-square-hmacsha256-signature': SIGNATURE_OF_VECTORS } })
  const verified = square.verify(request, { ...shopContext(), url, secrets: [secret] }, 0)
  if (isGood) await expect(verified).resolves.toHaveProperty('payload.type', 'webhooks.test_notification')
  else await expect(verified).rejects.toThrow('does not match')
})

test('the order is fetched with its customer, whom our token need not be allowed to see', async () => {
  const { order, customer } = await example()
  const { fetched, asked } = await fetchedFor(thin, ({ path }) => ({
    body: path.startsWith('/v2/orders/') ? { order } : { customer },
  }))
  expect(fetched).toEqual({ order, customer })
  expect(asked.map(({ path }) => path)).toEqual(['/v2/orders/ORDER1', '/v2/customers/CUST1'])
  expect(asked[1]?.headers.authorization).toBe('Bearer sq-token')
  const alone = await fetchedFor(thin, ({ path }) =>
    path.startsWith('/v2/orders/') ? { body: { order } } : { status: 403 },
  )
  expect(alone.fetched).toEqual({ order })
})

test('an outage while the customer is fetched is not taken for an order without one', async () => {
  const { order } = await example()
  const fetching = fetchedFor(thin, ({ path }) =>
    path.startsWith('/v2/orders/') ? { body: { order } } : { status: 503 },
  )
  await expect(fetching).rejects.toThrow('/v2/customers/CUST1 answered 503')
})

test('the orders changed since an instant are listed from all locations and pages', async () => {
  const locations = Array.from({ length: 11 }, (_, index) => ({ id: `L${index}` }))
  const { found, asked } = await listed(thin, Date.UTC(2026, 2, 1), ({ path, body }) => {
    if (path === '/v2/locations') return { body: { locations } }
    const { cursor = '', location_ids: ids } = JSON.parse(body) as { cursor?: string; location_ids: string[] }
    const orders = [{ id: `${ids[0]}${cursor}`, version: 3, state: 'OPEN' }]
    return { body: { orders, ...(ids[0] === 'L0' && cursor === '' && { cursor: 'next' }) } }
  })
  expect(found.map(({ identity }) => identity)).toMatchObject([
    { subject: 'L0', id: 'L0-3' },
    { subject: 'L0next' },
    { subject: 'L10' },
  ])
  const searches = asked
    .slice(1)
    .map(({ body }) => JSON.parse(body) as { query: unknown; location_ids: string[] })
  expect(searches.map(({ location_ids: ids }) => ids.length)).toEqual([10, 10, 1])
  expect(searches[0]?.query).toMatchObject({
    filter: { date_time_filter: { updated_at: { start_at: '2026-03-01T00:00:00.000Z' } } },
    sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' },
  })
})

test('a location without orders, or a shop without locations, lists nothing', async () => {
  expect((await listed(thin, 0, () => ({ body: {} }))).found).toEqual([])
  const { found } = await listed(thin, 0, () => ({ body: { locations: [{ id: 'L' }] } }))
  expect(found).toEqual([])
})

test('prices that contain a tax make amounts that do', async () => {
  const { order } = await example()
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const line = {
    uid: 'a',
    name: 'Lamp',
    quantity: '2',
    base_price_money: eur(1190),
    total_tax_money: eur(380),
    total_money: eur(2380),
  }
  const event = await snapshotOf({
    line_items: [line],
    taxes: [{ ...((order['taxes'] as Json[])[0] as object), type: 'INCLUSIVE', applied_money: eur(380) }],
    service_charges: null,
    total_tip_money: null,
    total_tax_money: eur(380),
    total_money: eur(2380),
  })
  expect(event).toMatchObject({
    amountsIncludeTax: true,
    lines: [{ unitPrice: '11.9', total: '23.8', tax: '3.8' }],
  })
  expect(event.adjustment).toBeUndefined()
})

test('a currency without minor units is counted whole', async () => {
  const jpy = (amount: number) => ({ amount, currency: 'JPY' })
  const line = { uid: 'a', name: 'Lamp', quantity: '3', base_price_money: jpy(500), total_money: jpy(1500) }
  const money = {
    total_money: jpy(1500),
    total_tax_money: jpy(0),
    total_tip_money: jpy(0),
    service_charges: [],
  }
  const event = await snapshotOf({ ...money, line_items: [line], taxes: [], tenders: [] })
  expect(event).toMatchObject({
    total: '1500',
    lines: [{ unitPrice: '500', total: '1500' }],
    payment: 'unpaid',
  })
})

test('a charge that is shared out over the lines is not counted again', async () => {
  const { order } = await example()
  const [charge] = order['service_charges'] as object[]
  const shared = { ...charge, treatment_type: 'APPORTIONED_TREATMENT' }
  const event = await snapshotOf({ service_charges: [charge, shared] })
  expect(event.shipping).toHaveLength(1)
  expect(event.adjustment).toBeUndefined()
})

test('what was given back counts once it is approved', async () => {
  const refund = {
    id: 'r1',
    reason: 'Broken',
    created_at: '2026-03-01T10:00:00Z',
    amount_money: { amount: 500, currency: 'USD' },
  }
  const event = await snapshotOf({
    refunds: [
      { ...refund, status: 'APPROVED' },
      { ...refund, id: 'r2', status: 'PENDING' },
    ],
  })
  expect(event).toMatchObject({
    payment: 'partly-refunded',
    refunds: [{ id: 'r1', amount: '5', reason: 'Broken' }],
  })
})

test('without a customer it is who it goes to that ordered', async () => {
  expect((await snapshotOf({})).buyer).toMatchObject({
    firstName: 'Ada',
    lastName: 'Byron',
    phone: '+1 512 555 0100',
  })
  const event = await snapshotOf({ fulfillments: null, customer_id: undefined, version: 'new' })
  expect(event).toMatchObject({ buyer: {}, standing: { is: 'snapshot' } })
})

test('a sandbox is a test, and so is a test notification', async () => {
  const headers = { 'square-environment': 'Sandbox' }
  const ignored = { kind: 'ignored', reason: 'test-delivery' }
  expect((await tell(square, created, { headers, acceptTests: false })).event).toEqual(ignored)
  expect((await tell(square, created, { headers, acceptTests: true })).event.kind).toBe('order')
  expect((await tell(square, { type: 'webhooks.test_notification' })).event).toEqual(ignored)
})

test('what names no order is parked, what is about something else ignored', async () => {
  for (const body of [
    { type: 'order.created', data: { object: { order_created: { order_id: '../x' } } } },
    {},
    null,
  ]) {
    await expect(tell(square, body)).rejects.toThrow(NotUnderstoodError)
  }
  const { event } = await tell(square, { type: 'payment.updated', event_id: 'e-2', data: {} })
  expect(event).toEqual({ kind: 'ignored', reason: 'topic payment.updated' })
})
