import { expect, test } from 'vitest'
import { listWooCommerceWebhooks } from '../../../lib/sources/api/woocommerce.ts'
import { VendorRefusedError, VendorUnavailableError } from '../../../lib/sources/errors.ts'
import type { Listed } from '../../../lib/sources/source.ts'
import { woocommerce } from '../../../lib/sources/woocommerce.ts'
import { shopContext } from '../../support/tell.ts'
import { type StandInAnswer, vendorStandIn } from '../../support/vendor-stand-in.ts'

const SINCE_MS = Date.UTC(2026, 2, 12, 8)
const KEYS = { consumerKey: 'ck_1', consumerSecret: 'cs_1' }

async function list(baseUrl: string): Promise<Listed[]> {
  const keys = new Map(Object.entries(KEYS))
  const api = { baseUrl, timeoutMs: 10_000, credential: async (name: string) => keys.get(name) }
  return Array.fromAsync(woocommerce.listSince?.(SINCE_MS, shopContext(), api) ?? [])
}

function orders(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    id: from + index,
    status: 'processing',
    currency: 'EUR',
    total: '0',
    line_items: [],
  }))
}

test('all pages of the orders changed since an instant are told as the webhook would have', async () => {
  const { baseUrl, asked } = await vendorStandIn(({ query }) => ({
    body: query.get('page') === '1' ? orders(1, 50) : orders(51, 52),
  }))
  const listed = await list(`${baseUrl}/shop/`)
  expect(listed.map(({ identity }) => identity.subject)).toEqual(orders(1, 52).map(({ id }) => String(id)))
  const events = listed.map(({ verified }) => woocommerce.toEvent(verified, shopContext()))
  expect(events.at(-1)).toMatchObject({ kind: 'order', orderId: '52', state: 'open' })
  expect(asked.map(({ path, query }) => [path, query.get('page'), query.get('modified_after')])).toEqual([
    ['/shop/wp-json/wc/v3/orders', '1', '2026-03-12T08:00:00.000Z'],
    ['/shop/wp-json/wc/v3/orders', '2', '2026-03-12T08:00:00.000Z'],
  ])
  const basic = `Basic ${Buffer.from('ck_1:cs_1').toString('base64')}`
  expect(asked.every(({ headers }) => headers.authorization === basic)).toBe(true)
})

test.each([
  ['a revoked key', { status: 401, body: { code: 'woocommerce_rest_cannot_view' } }, VendorRefusedError, {}],
  ['a site without the API', { status: 404 }, VendorRefusedError, {}],
  [
    'too many requests',
    { status: 429, headers: { 'retry-after': '7' } },
    VendorUnavailableError,
    { retryAfterMs: 7000 },
  ],
  ['an outage', { status: 502 }, VendorUnavailableError, {}],
  ['a maintenance page', { body: '<html>Briefly unavailable' }, VendorUnavailableError, {}],
  ['an answer that is no list', { body: { code: 'x' } }, VendorUnavailableError, {}],
] as const)('%s on the second page ends the listing', async (_, answer: StandInAnswer, kind, evidence) => {
  const { baseUrl } = await vendorStandIn(({ query }) =>
    query.get('page') === '1' ? { body: orders(1, 50) } : answer,
  )
  const failure = await list(baseUrl).catch((error) => error)
  expect(failure).toBeInstanceOf(kind)
  expect(failure).toMatchObject(evidence)
})

test('the webhooks of a site are listed with what became of them', async () => {
  const { baseUrl } = await vendorStandIn(() => ({
    body: [
      {
        id: 3,
        name: 'CRM',
        status: 'disabled',
        topic: 'order.updated',
        delivery_url: 'https://crm.example/orders/shop',
      },
      {
        id: 4,
        name: 'Other',
        status: 'active',
        topic: 'product.updated',
        delivery_url: 'https://x.example/',
      },
    ],
  }))
  const webhooks = await listWooCommerceWebhooks({ baseUrl, ...KEYS, timeoutMs: 10_000 })
  const crm = { id: '3', name: 'CRM', topic: 'order.updated', deliveryUrl: 'https://crm.example/orders/shop' }
  expect(webhooks[0]).toEqual({ ...crm, status: 'disabled' })
  expect(webhooks[1]).toMatchObject({ id: '4', status: 'active' })
})
