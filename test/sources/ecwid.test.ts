import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ecwid } from '../../lib/sources/ecwid.ts'
import { NotUnderstoodError, VendorRefusedError } from '../../lib/sources/errors.ts'
import type { Json } from '../../lib/sources/source.ts'
import { signatureSuite } from '../support/signature-suite.ts'
import { tell } from '../support/tell.ts'
import { fetchedFor, listed, vendorSuite } from '../support/vendor-suite.ts'

const created = {
  eventId: 'e-1',
  eventCreated: 1234567,
  storeId: 1003,
  entityId: 103,
  eventType: 'order.created',
  data: { orderId: 'QSR1A' },
}
const deleted = { ...created, eventType: 'order.deleted' }
const options = { storeId: '1003', currency: 'EUR' }
const thin = { source: ecwid, body: created, telling: { options }, credentials: { accessToken: 'ec-token' } }

signatureSuite({
  source: ecwid,
  body: JSON.stringify(created),
  proof: { header: 'x-ecwid-webhook-signature', encoding: 'base64' },
  coversBody: false,
})
vendorSuite(thin)

async function items(): Promise<{ [key: string]: Json }[]> {
  const file = new URL('../fixtures/ecwid/ecwid-orders-search.json', import.meta.url)
  return JSON.parse(await readFile(file, 'utf8')).items
}

async function snapshotOf(change: object) {
  const [order] = await items()
  const fetched = { ...order, ...change } as Json
  const { event } = await tell(ecwid, created, { options, fetched })
  if (event.kind !== 'order' || !('lines' in event)) throw new Error('no snapshot')
  return event
}

test('the order is fetched by its id, or by its number where a delivery has nothing else', async () => {
  const { fetched, asked } = await fetchedFor(thin, () => ({ body: { id: 'QSR1A' } }))
  expect(fetched).toEqual({ id: 'QSR1A' })
  expect(asked).toMatchObject([{ path: '/1003/orders/QSR1A', headers: { authorization: 'Bearer ec-token' } }])
  const old = await fetchedFor({ ...thin, body: { ...created, data: {} } }, () => ({ body: {} }))
  expect(old.asked[0]?.path).toBe('/1003/orders/103')
})

test('an order counts as deleted when the shop does not have it any more', async () => {
  const gone = await fetchedFor({ ...thin, body: deleted }, () => ({ body: { total: 0, items: [] } }))
  expect(gone.asked[0]?.query.get('ids')).toBe('QSR1A')
  const telling = { options, fetched: gone.fetched }
  expect((await tell(ecwid, deleted, telling)).event).toMatchObject({
    standing: { is: 'fact', name: 'deleted' },
    orderId: 'QSR1A',
  })
  const still = { options, fetched: { items: await items() } as Json }
  expect((await tell(ecwid, deleted, still)).event).toMatchObject({
    standing: { is: 'snapshot' },
    total: '2014.97',
  })
})

test('the orders changed since an instant are listed from all pages, the oldest change first', async () => {
  const page = (count: number, first: number) => ({
    body: {
      items: Array.from({ length: count }, (_, index) => ({
        id: `O${first + index}`,
        orderNumber: first + index,
        updateDate: '2026-03-01 10:00:00 +0000',
        updateTimestamp: 2_000_000_000 - first - index,
      })),
    },
  })
  const { found, asked } = await listed(thin, Date.UTC(2026, 2, 1), ({ query }) =>
    query.get('offset') === '0' ? page(100, 0) : page(1, 100),
  )
  expect(found).toHaveLength(101)
  expect(found[0]).toMatchObject({
    verified: { payload: { eventType: 'order.updated', updated: '2026-03-01T10:00:00.000Z' } },
    identity: { subject: 'O100' },
  })
  expect(asked.map(({ query }) => query.get('offset'))).toEqual(['0', '100'])
  expect(asked[0]?.query.get('updatedFrom')).toBe(String(Date.UTC(2026, 2, 1) / 1000))
})

test('where prices contain the tax, so do the amounts, whether the order says so or not', async () => {
  const total = 1526.49
  for (const said of [{}, { pricesIncludeTax: true }]) {
    const event = await snapshotOf({ total, ...said })
    expect(event).toMatchObject({ amountsIncludeTax: true, tax: '488.48', total: '1526.49' })
    expect(event.adjustment).toBeUndefined()
  }
  expect((await snapshotOf({})).shipping).toMatchObject([{ amount: '471.85', tax: '152.27' }])
})

test('an order of hardly anything is understood', async () => {
  const { event } = await tell(ecwid, created, {
    options,
    fetched: { total: '0', items: null, billingPerson: [] },
  })
  expect(event).toMatchObject({ number: 'QSR1A', state: 'open', buyer: {}, lines: [], total: '0' })
})

test('cancelled, unfinished and returned orders are in their state', async () => {
  expect(await snapshotOf({ paymentStatus: 'CANCELLED' })).toMatchObject({
    state: 'cancelled',
    payment: 'voided',
  })
  expect(await snapshotOf({ fulfillmentStatus: 'WILL_NOT_DELIVER' })).toMatchObject({ state: 'cancelled' })
  expect(await snapshotOf({ paymentStatus: 'INCOMPLETE', fulfillmentStatus: null })).toMatchObject({
    state: 'draft',
  })
})

test('store and currency must be configured where they are needed', async () => {
  await expect(fetchedFor({ ...thin, telling: {} }, () => ({}))).rejects.toThrow(VendorRefusedError)
  await expect(tell(ecwid, created, { options: { storeId: '1003' }, fetched: {} })).rejects.toThrow(
    'currency',
  )
})

test('what names no order is parked, what is about something else ignored', async () => {
  for (const body of [
    { ...created, entityId: -1, data: {} },
    { ...created, data: { orderId: '../1' } },
    {},
  ]) {
    await expect(tell(ecwid, body, { options })).rejects.toThrow(NotUnderstoodError)
  }
  const { event } = await tell(ecwid, { ...created, eventType: 'product.updated' })
  expect(event).toEqual({ kind: 'ignored', reason: 'topic product.updated' })
})

test('a stub tells the status the delivery hints at', async () => {
  const data = { newPaymentStatus: 'PAID', newFulfillmentStatus: 'SHIPPED' }
  const { event } = await tell(ecwid, { ...created, data })
  expect(event).toMatchObject({ payment: 'paid', fulfilment: 'fulfilled', standing: { version: '' } })
})
