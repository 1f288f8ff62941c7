import { expect, test } from 'vitest'
import { VendorRefusedError, VendorUnavailableError } from '../../../lib/sources/errors.ts'
import { shopify } from '../../../lib/sources/shopify.ts'
import type { Listed } from '../../../lib/sources/source.ts'
import { shopContext } from '../../support/tell.ts'
import { type StandInAnswer, vendorStandIn } from '../../support/vendor-stand-in.ts'

const SINCE_MS = Date.UTC(2026, 2, 12, 8)

async function list(baseUrl: string): Promise<Listed[]> {
  const credentials = new Map([['accessToken', 'shpat_1']])
  const api = { baseUrl, timeoutMs: 10_000, credential: async (name: string) => credentials.get(name) }
  return Array.fromAsync(shopify.listSince?.(SINCE_MS, shopContext(), api) ?? [])
}

function page(...ids: number[]) {
  return {
    orders: ids.map((id) => ({
      id,
      currency: 'EUR',
      financial_status: 'paid',
      total_price: '0',
      line_items: [],
    })),
  }
}

test('all pages of the orders changed since an instant are told as the webhook would have', async () => {
  const link = '<https://elsewhere.example/admin/api/2024-10/orders.json?limit=50&page_info=abc>; rel="next"'
  const { baseUrl, asked } = await vendorStandIn(({ query }) =>
    query.has('page_info') ? { body: page(3) } : { body: page(1, 2), headers: { link } },
  )
  const listed = await list(baseUrl)
  expect(listed.map(({ identity }) => identity.subject)).toEqual(['1', '2', '3'])
  expect(new Set(listed.map(({ identity }) => identity.id)).size).toBe(3)
  const events = listed.map(({ verified }) => shopify.toEvent(verified, shopContext()))
  expect(events).toMatchObject([{ orderId: '1', payment: 'paid' }, { orderId: '2' }, { orderId: '3' }])
  expect(asked.map(({ query }) => Object.fromEntries(query))).toEqual([
    { limit: '50', status: 'any', updated_at_min: '2026-03-12T08:00:00.000Z', order: 'updated_at asc' },
    { limit: '50', page_info: 'abc' },
  ])
  expect(asked.every(({ headers }) => headers['x-shopify-access-token'] === 'shpat_1')).toBe(true)
})

test('a shop without changes lists nothing', async () => {
  const { baseUrl } = await vendorStandIn(() => ({ body: page() }))
  expect(await list(baseUrl)).toEqual([])
})

test.each([
  ['a revoked token', { status: 401 }, VendorRefusedError, {}],
  [
    'too many requests',
    { status: 429, headers: { 'retry-after': '2.0' } },
    VendorUnavailableError,
    { retryAfterMs: 2000 },
  ],
  ['an outage', { status: 503 }, VendorUnavailableError, {}],
] as const)('%s on the second page ends the listing', async (_, answer: StandInAnswer, kind, evidence) => {
  const link =
    '<https://x.example/?page_info=abc>; rel="previous", <https://x.example/?page_info=def>; rel="next"'
  const { baseUrl } = await vendorStandIn(({ query }) =>
    query.get('page_info') === 'def' ? answer : { body: page(1), headers: { link } },
  )
  const failure = await list(baseUrl).catch((error) => error)
  expect(failure).toBeInstanceOf(kind)
  expect(failure).toMatchObject(evidence)
})
