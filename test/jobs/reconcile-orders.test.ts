import { expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { reconcileOrders } from '../../lib/jobs/reconcile-orders.ts'
import type { Notice } from '../../lib/values/notify.ts'
import { minute, startPipe } from '../support/pipe.ts'
import { type StandInAnswer, vendorStandIn } from '../support/vendor-stand-in.ts'

const order = (id: number, modified: string) => ({
  id,
  number: String(id),
  status: 'processing',
  currency: 'EUR',
  total: '10.00',
  date_created_gmt: '2026-11-24T08:00:00',
  date_modified_gmt: modified,
  billing: { email: 'a@example.com', first_name: 'Ada', last_name: 'Byrne' },
  line_items: [{ id: 1, name: 'Router', quantity: 1, subtotal: '10.00', total: '10.00', total_tax: '0.00' }],
})

/** A WooCommerce shop, and the pipe that knows it. */
async function start(answer: (path: string, page: number) => StandInAnswer) {
  const { baseUrl, asked } = await vendorStandIn(({ path, query }) => answer(path, Number(query.get('page'))))
  const config = defineConfig({
    installation: 'test',
    publicUrl: 'https://crm.example.com',
    sources: {
      contact: { source: 'web-form' },
      shop: {
        source: 'woocommerce',
        secrets: ['WEBHOOK'],
        api: { baseUrl, credentials: { consumerKey: 'KEY', consumerSecret: 'SECRET' } },
      },
    },
  })
  const told: Notice[] = []
  const started = await startPipe({
    config,
    secret: async () => ['x'],
    // What an order becomes is not of interest here.
    plan: () => ({ steps: [] }),
    notify: async (notice) => void told.push(notice),
  })
  const run = () => reconcileOrders(started.pipe, minute())
  return { ...started, run, asked, told }
}

const shopOf =
  (orders: readonly unknown[], webhooks: readonly unknown[] = []) =>
  (path: string, page: number): StandInAnswer => {
    if (page > 1) return { body: [] }
    return { body: path.endsWith('/webhooks') ? webhooks : orders }
  }

it('records what never arrived and lets the queue deliver it, once', async () => {
  const orders = [order(1, '2026-11-25T01:00:00'), order(2, '2026-11-25T01:10:00')]
  const { run, queued, untilFinished } = await start(shopOf(orders))
  expect(await run()).toEqual({ asked: 1, listed: 2, lacking: 2, failed: 0, disabled: 0 })
  expect(queued).toHaveLength(2)
  const outcomes: string[] = []
  for (const { eventId } of [...queued]) outcomes.push((await untilFinished(eventId)).kind)
  expect(outcomes).toEqual(['done', 'done'])
  expect(await run()).toMatchObject({ listed: 2, lacking: 0 })
})

it('records an order again when the shop knows it newer', async () => {
  const orders = [order(1, '2026-11-25T01:00:00')]
  const { run, queued, untilFinished } = await start(shopOf(orders))
  await run()
  await untilFinished(queued[0]?.eventId ?? '')
  orders[0] = { ...order(1, '2026-11-25T02:00:00'), status: 'completed' }
  expect(await run()).toMatchObject({ listed: 1, lacking: 1 })
  expect((await untilFinished(queued.at(-1)?.eventId ?? '')).kind).toBe('done')
  expect(await run()).toMatchObject({ lacking: 0 })
})

it('asks again from the same instant when the shop did not answer', async () => {
  let isAway = true
  const { run, asked } = await start((path, page) =>
    isAway ? { status: 503 } : shopOf([order(1, '2026-11-25T01:00:00')])(path, page),
  )
  expect(await run()).toEqual({ asked: 1, listed: 0, lacking: 0, failed: 1, disabled: 0 })
  isAway = false
  expect(await run()).toMatchObject({ listed: 1, lacking: 1, failed: 0 })
  await run()
  const since = asked
    .filter(({ path }) => path.endsWith('/orders'))
    .map(({ query }) => query.get('modified_after'))
  const [first = '', second = '', third = ''] = since.map((text) => text ?? '')
  expect(Date.parse(second) - Date.parse(first)).toBeLessThan(60_000)
  expect(Date.parse(third) - Date.parse(second)).toBeGreaterThan(70 * 3_600_000)
})

it('tells once of a webhook of ours that the shop has switched off', async () => {
  const webhook = (id: number, url: string, status: string) => ({
    id,
    name: 'Orders',
    topic: 'order.updated',
    delivery_url: url,
    status,
  })
  const { run, told } = await start(
    shopOf(
      [],
      [
        webhook(7, 'https://crm.example.com/orders/shop', 'disabled'),
        webhook(8, 'https://crm.example.com/orders/shop', 'active'),
        webhook(9, 'https://elsewhere.example.com/', 'disabled'),
      ],
    ),
  )
  expect(await run()).toMatchObject({ disabled: 1 })
  expect(await run()).toMatchObject({ disabled: 1 })
  expect(told.map(({ text }) => /webhook (\d+)\)/.exec(text)?.[1])).toEqual(['7'])
})
