import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { NotUnderstoodError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { squarespace } from '../../lib/sources/squarespace.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { shopContext, tell } from '../support/tell.ts'
import { fetchedFor, listed, vendorSuite } from '../support/vendor-suite.ts'

const ORDER_ID = '585d498fdee9f31a60284a37'
const created = { id: 'n-1', topic: 'order.create', data: { orderId: ORDER_ID } }
const thin = { source: squarespace, body: created, credentials: { accessToken: 'sq-token' } }

signatureSuite({
  source: squarespace,
  body: JSON.stringify(created),
  proof: { header: 'squarespace-signature', encoding: 'hex' },
  secrets: [
    '00112233445566778899aabbccddeeff',
    'ff112233445566778899aabbccddeeff',
    '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
  ],
})
vendorSuite(thin)

async function fixture(file: string): Promise<Buffer> {
  return readFile(new URL(`../fixtures/squarespace/${file}`, import.meta.url))
}

async function order(change: object = {}): Promise<Json> {
  const text = (await fixture('squarespace-order-docs-sample.json')).toString()
  return { ...(JSON.parse(text) as object), ...change } as Json
}

async function snapshotOf(change: object) {
  const { event } = await tell(squarespace, created, { fetched: await order(change) })
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  return event
}

test('the signature is made with the bytes the secret stands for', async () => {
  const body = await fixture('squarespace-webhook-order.create-envelope.composed.json')
  const signature = 'eed1a3ff674e17b0d9ffdfd677f8aa50cb2b32e8f3fa1403df5bb23f4a966315'
  const secrets = ['00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff']
  const request = post(body, { headers: { 'squarespace-signature': signature } })
  const verified = squarespace.verify(request, { ...shopContext(), secrets }, 0)
  await expect(verified).resolves.toHaveProperty('payload.data.orderId', ORDER_ID)
})

test('a secret that is no hex is never an empty key', async () => {
  const body = Buffer.from(JSON.stringify(created))
  const signature = createHmac('sha256', '').update(body).digest('hex')
  const request = post(body, { headers: { 'squarespace-signature': signature } })
  const verified = squarespace.verify(request, { ...shopContext(), secrets: ['not hex'] }, 0)
  await expect(verified).rejects.toThrow('does not match')
})

test('the order is fetched with the credential and a name of our own', async () => {
  const { fetched, asked } = await fetchedFor(thin, () => ({ body: { id: ORDER_ID } }))
  expect(fetched).toEqual({ id: ORDER_ID })
  expect(asked).toMatchObject([
    {
      path: `/1.0/commerce/orders/${ORDER_ID}`,
      headers: { authorization: 'Bearer sq-token', 'user-agent': 'sage-crm-functions' },
    },
  ])
})

test('the orders changed since an instant are listed from all pages, the oldest change first', async () => {
  const page = (ids: number[], pagination: object) => ({
    body: {
      result: ids.map((id) => ({ id: `o${id}`, modifiedOn: `2026-03-0${id}T10:00:00.000Z` })),
      pagination,
    },
  })
  const { found, asked } = await listed(thin, Date.UTC(2026, 2, 1), ({ query }) =>
    query.get('cursor') === null
      ? page([4, 3], { hasNextPage: true, nextPageCursor: 'next' })
      : page([2, 1], { hasNextPage: false, nextPageCursor: 'stale' }),
  )
  expect(found.map(({ identity }) => identity.subject)).toEqual(['o1', 'o2', 'o3', 'o4'])
  expect(found[0]?.identity.id).toBe('o1-2026-03-01T10:00:00.000Z')
  expect(asked.map(({ query }) => [...query.keys()])).toEqual([
    ['modifiedAfter', 'modifiedBefore'],
    ['cursor'],
  ])
  expect(asked[0]?.query.get('modifiedAfter')).toBe('2026-03-01T00:00:00.000Z')
})

test('where prices contain the tax, so do the amounts', async () => {
  const event = await snapshotOf({
    priceTaxInterpretation: 'INCLUSIVE',
    grandTotal: { value: '55.00', currency: 'EUR' },
  })
  expect(event).toMatchObject({ amountsIncludeTax: true, tax: '2.7', total: '55', currency: 'EUR' })
  expect(event.adjustment).toBeUndefined()
})

test('totals that say more than their lines are believed', async () => {
  const event = await snapshotOf({
    shippingLines: null,
    shippingTotal: { value: '3.00' },
    discountLines: [],
    discountTotal: { value: '3.00' },
    refundedTotal: { value: '10.00' },
    fulfillmentStatus: 'CANCELED',
    billingAddress: null,
    formSubmission: [
      { label: 'Company name', value: 'Acme' },
      { label: 'VAT number', value: 'GB123456789' },
    ],
  })
  expect(event).toMatchObject({
    state: 'cancelled',
    payment: 'partly-refunded',
    shipping: [{ amount: '3' }],
    discounts: [{ title: 'Discount', amount: '3' }],
    refunds: [{ amount: '10' }],
    buyer: { company: 'Acme', vatNumber: 'GB123456789', firstName: 'Bob' },
  })
  expect(event.adjustment).toBeUndefined()
})

test('an order of the test mode is ignored, unless tests count', async () => {
  const fetched = await order()
  const ignored = await tell(squarespace, created, { fetched, acceptTests: false })
  expect(ignored.event).toEqual({ kind: 'ignored', reason: 'test-delivery' })
  expect((await tell(squarespace, created, { fetched, acceptTests: true })).event.kind).toBe('order')
})

test('what names no order is parked, what is about something else ignored', async () => {
  for (const body of [{ id: 'n-2', topic: 'order.create', data: { orderId: 'a/b' } }, {}, null]) {
    await expect(tell(squarespace, body)).rejects.toThrow(NotUnderstoodError)
  }
  const { event } = await tell(squarespace, { id: 'n-3', topic: 'extension.uninstall', data: {} })
  expect(event).toEqual({ kind: 'ignored', reason: 'topic extension.uninstall' })
})
