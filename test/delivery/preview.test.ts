import { expect, it } from 'vitest'
import { previewEvent } from '../../lib/delivery/preview.ts'
import type { Order } from '../../lib/events/order.ts'
import { ORDER, type OrderPipe, startOrderPipe } from '../support/orders.ts'
import { crmState } from '../support/quote-state.ts'

/** What a delivery would change that is recorded and not delivered. */
async function previewed(pipe: OrderPipe, order: Order) {
  const id = `shop:${JSON.stringify(order)}`
  const verified = { headers: {}, payload: JSON.parse(JSON.stringify(order)) }
  const subject = `shop:${order.orderId}`
  const { event } = await pipe.pipe.ledger.record({ id, instance: 'shop', subject, verified }, [])
  const preview = await previewEvent(event, pipe.pipe)
  return 'changes' in preview ? preview : { changes: [], effects: {} }
}

it('an order that is not there yet is previewed as what would be created, and nothing is', async () => {
  const pipe = await startOrderPipe()
  const { changes } = await previewed(pipe, ORDER)
  expect(changes.map(({ act, resource }) => `${act} ${resource}`)).toEqual(
    ['Person', 'Opportunity', 'Quotes', 'Notes', 'QuoteItems', 'QuoteItems', 'QuoteItems', 'QuoteItems'].map(
      (resource) => `create ${resource}`,
    ),
  )
  expect(await crmState(pipe)).toMatchObject({ opportunities: [], quotes: [], lines: [], notes: [] })
})

it('a change of an order is previewed from what to what; its delivery makes just that', async () => {
  const pipe = await startOrderPipe()
  await pipe.send(ORDER)
  const [routers, ...others] = ORDER.lines
  const lines =
    routers === undefined ? others : [{ ...routers, quantity: '3', total: '126.00' }, ...others.slice(0, 0)]
  const version = '2026-11-24T10:05:00Z'
  const next: Order = { ...ORDER, lines, total: '131.90', standing: { is: 'snapshot', version } }
  const before = await crmState(pipe)
  const { changes } = await previewed(pipe, next)
  expect(changes).toContainEqual({
    act: 'update',
    resource: 'QuoteItems',
    id: expect.any(String),
    fields: [{ name: 'quit_quantity', from: 2, to: '3' }],
  })
  expect(changes.filter(({ act }) => act === 'delete')).toHaveLength(2)
  expect(await crmState(pipe)).toEqual(before)
  await pipe.untilFinished(`shop:${JSON.stringify(next)}`)
  expect((await crmState(pipe)).lines).toEqual([
    [1, 'i', 'Branch router', 3, 42, 126],
    [2, 'f', 'Post', 1, 5.9, 5.9],
  ])
})

it('an order that is there as it should be changes nothing', async () => {
  const pipe = await startOrderPipe()
  await pipe.send(ORDER)
  const again = await previewed(pipe, {
    ...ORDER,
    standing: { is: 'snapshot', version: '2026-11-24T10:01:00Z' },
  })
  expect(again.changes).toEqual([])
})
