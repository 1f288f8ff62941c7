import { expect, test } from 'vitest'
import { VendorRefusedError, VendorUnavailableError } from '../../../lib/sources/errors.ts'
import type { Json, VendorApi } from '../../../lib/sources/source.ts'
import { stripe } from '../../../lib/sources/stripe.ts'
import { shopContext } from '../../support/tell.ts'
import { type StandInAnswer, vendorStandIn } from '../../support/vendor-stand-in.ts'

const SINCE_MS = Date.UTC(2026, 2, 12, 8)

function reach(baseUrl: string): VendorApi {
  const keys = new Map([['secretKey', 'rk_1']])
  return { baseUrl, timeoutMs: 10_000, credential: async (name) => keys.get(name) }
}

function delivery(type: string, object: Json) {
  return {
    headers: {},
    payload: { id: 'evt_1', type, livemode: true, created: 1773309600, data: { object } },
  }
}

const session = {
  id: 'cs_1',
  object: 'checkout.session',
  payment_intent: 'pi_1',
  currency: 'eur',
  amount_subtotal: 300,
  amount_total: 300,
}

function item(id: string) {
  return {
    id,
    description: `Item ${id}`,
    quantity: 1,
    amount_subtotal: 100,
    amount_discount: 0,
    amount_tax: 0,
  }
}

test('all pages of a session’s lines are fetched with their products, and become the order’s', async () => {
  const { baseUrl, asked } = await vendorStandIn(({ query }) => ({
    body: query.has('starting_after')
      ? { object: 'list', data: [item('li_3')], has_more: false }
      : { object: 'list', data: [item('li_1'), item('li_2')], has_more: true },
  }))
  const verified = delivery('checkout.session.completed', session)
  const fetched = await stripe.enrich?.(verified, shopContext(), reach(baseUrl))
  if (fetched === undefined) throw new Error('nothing was fetched')
  const event = stripe.toEvent({ ...verified, fetched }, shopContext())
  expect(event).toMatchObject({
    total: '3',
    lines: [{ id: 'li_1' }, { id: 'li_2' }, { id: 'li_3', total: '1' }],
  })
  expect(event).not.toHaveProperty('incomplete')
  expect(asked.map(({ path }) => path)).toEqual(Array(2).fill('/v1/checkout/sessions/cs_1/line_items'))
  expect(asked.map(({ query }) => Object.fromEntries(query))).toEqual([
    { limit: '100', 'expand[]': 'data.price.product' },
    { limit: '100', starting_after: 'li_2', 'expand[]': 'data.price.product' },
  ])
  expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer rk_1', 'stripe-version': '2024-06-20' })
})

test.each([
  ['checkout.session.expired', session],
  ['refund.created', { id: 're_1', payment_intent: 'pi_1' }],
  ['checkout.session.completed', { ...session, mode: 'setup' }],
  ['checkout.session.completed', {}],
])('nothing is fetched for %s of %j', async (type, object) => {
  const { baseUrl, asked } = await vendorStandIn(() => ({ status: 500 }))
  await expect(
    stripe.enrich?.(delivery(type, object), shopContext(), reach(baseUrl)),
  ).resolves.toBeUndefined()
  expect(asked).toEqual([])
})

test.each([
  ['a revoked key', { status: 401 }, VendorRefusedError, {}],
  ['a session of another account', { status: 404 }, VendorRefusedError, {}],
  [
    'too many requests',
    { status: 429, headers: { 'retry-after': '3' } },
    VendorUnavailableError,
    { retryAfterMs: 3000 },
  ],
  ['an outage', { status: 503 }, VendorUnavailableError, {}],
  ['an answer that is no list', { body: { object: 'error' } }, VendorUnavailableError, {}],
] as const)(
  '%s on the second page leaves nothing half fetched',
  async (_, answer: StandInAnswer, kind, evidence) => {
    const { baseUrl } = await vendorStandIn(({ query }) =>
      query.has('starting_after') ? answer : { body: { data: [item('li_1')], has_more: true } },
    )
    const verified = delivery('checkout.session.completed', session)
    const failure = await stripe.enrich?.(verified, shopContext(), reach(baseUrl)).catch((error) => error)
    expect(failure).toBeInstanceOf(kind)
    expect(failure).toMatchObject(evidence)
  },
)

test('the events since an instant are listed oldest first, under the ids of their deliveries', async () => {
  const event = (id: string) => ({ ...delivery('checkout.session.completed', session).payload, id })
  const { baseUrl, asked } = await vendorStandIn(({ query }) => ({
    body: query.has('starting_after')
      ? { data: [event('evt_1')], has_more: false }
      : { data: [event('evt_3'), event('evt_2')], has_more: true },
  }))
  const listed = await Array.fromAsync(stripe.listSince?.(SINCE_MS, shopContext(), reach(baseUrl)) ?? [])
  expect(listed.map(({ identity }) => identity)).toEqual(
    ['evt_1', 'evt_2', 'evt_3'].map((id) => ({ id, aliases: [], subject: 'pi_1' })),
  )
  expect(asked[1]?.query.get('starting_after')).toBe('evt_2')
  expect(asked[0]?.query.get('created[gte]')).toBe('1773302400')
  expect(asked[0]?.query.getAll('types[]')).toContain('refund.created')
})
