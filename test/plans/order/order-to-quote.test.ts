import { describe, expect, it } from 'vitest'
import type { Order, OrderSnapshot } from '../../../lib/events/order.ts'
import { breakCrm, requestsTo, statsOf, untilIdle } from '../../support/crm.ts'
import { fact, line, ORDER, type OrderPipe, startOrderPipe } from '../../support/orders.ts'
import { crmState } from '../../support/quote-state.ts'

/** The same order later, with a newer version. */
function later(minute: number, more: Partial<OrderSnapshot>): OrderSnapshot {
  const version = `2026-11-24T10:${String(minute).padStart(2, '0')}:00Z`
  return { ...ORDER, ...more, standing: { is: 'snapshot', version }, updatedAt: version }
}

const TWO_ROUTERS = ORDER.lines[0] ?? line({ id: '1' })
const FEWER = later(5, {
  lines: [{ ...TWO_ROUTERS, quantity: '1', total: '42.00' }],
  shipping: [],
  total: '42.00',
})
const MORE = later(7, {
  lines: [
    line({ id: '3', name: 'Wrapping paper', total: '2.00' }),
    { ...TWO_ROUTERS, quantity: '3', total: '126.00' },
    line({ id: '4', sku: 'SW-24', name: 'Switch', total: '300.00' }),
  ],
  total: '433.90',
})
const CANCELLED = fact('cancelled', { at: '2026-11-24T11:00:00Z' })
const REFUND = { id: 'r1', at: '2026-11-24T12:00:00Z', amount: '5.00', lines: [] }

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]]
  return list.flatMap((first) =>
    permutations(list.filter((one) => one !== first)).map((rest) => [first, ...rest]),
  )
}

async function sendAll(pipe: OrderPipe, events: readonly Order[]): Promise<void> {
  for (const event of events) expect(['done', 'stale']).toContain((await pipe.send(event)).kind)
}

type Moment = 'before-commit' | 'after-commit'

/** The connection breaks at the next such request. */
function cutOff({ emulator }: OrderPipe, method: string, resource: string, when: Moment): Promise<void> {
  return breakCrm(emulator, { method, resource, fault: { kind: 'reset', when } })
}

/** Currency, products, prices. */
const LOOK_UPS = 3

describe('an order', () => {
  it('is a quote whose products are lines of type i with their unit, and whose other lines are free text', async () => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, [ORDER])
    const { lines, quotes, opportunities } = await crmState(pipe)
    expect(lines).toEqual([
      [1, 'i', 'Branch router', 2, 42, 84],
      [2, 'f', 'Mug, blue (XX-9)', 2, 9.63, 19.26],
      [3, 'f', 'Mug, blue (XX-9)', 1, 9.64, 9.64],
      [4, 'f', 'Post', 1, 5.9, 5.9],
    ])
    expect(quotes).toEqual([['Order #1001 (shop)', 'Active', 118.8, null]])
    expect(opportunities).toEqual([['Order #1001 (shop)', 'Lead', 'In Progress', 118.8]])
    expect((await pipe.all('QuoteItems'))[0]).toMatchObject({
      QuIt_ProductId: 1,
      QuIt_UOMID: 1,
      QuIt_ListPrice: 420,
    })
  })

  it('asks the CRM for nothing but what it has to look up when it comes again unchanged', async () => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, [ORDER])
    const before = await crmState(pipe)
    expect(await pipe.send(ORDER)).toMatchObject({ kind: 'duplicate' })
    const requests = await requestsTo(pipe.emulator)
    const again = await pipe.send(later(1, {}))
    expect(again).toMatchObject({ kind: 'done', effects: { quote: 'unchanged', 'line-1': 'unchanged' } })
    expect(await requestsTo(pipe.emulator)).toBe(requests + LOOK_UPS)
    expect(await crmState(pipe)).toEqual(before)
  })

  it.each(
    permutations([ORDER, FEWER, MORE, CANCELLED]).map((all) => [all.map(nameOf).join(', '), all] as const),
  )('ends in the same state when its events arrive as %s', async (_, events) => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, events)
    expect(await crmState(pipe)).toMatchObject({
      quotes: [['Order #1001 (shop)', 'Inactive', 433.9, null]],
      lines: [
        [1, 'f', 'Wrapping paper', 1, 2, 2],
        [2, 'i', 'Branch router', 3, 42, 126],
        [3, 'i', 'Switch', 1, 300, 300],
        [4, 'f', 'Post', 1, 5.9, 5.9],
      ],
      tasks: [],
    })
  })

  it.each(
    permutations([
      ORDER,
      fact('refunded', { refund: REFUND }),
      later(9, { refunds: [REFUND], payment: 'partly-refunded' }),
    ]).map((all) => [all.map(nameOf).join(', '), all] as const),
  )('counts a refund once when its events arrive as %s', async (_, events) => {
    const pipe = await startOrderPipe({ order: { refunds: 'line' } })
    await sendAll(pipe, events)
    expect((await crmState(pipe)).quotes).toEqual([['Order #1001 (shop)', 'Active', 113.8, null]])
  })

  it('loses its lines to zero where the CRM deletes none', async () => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, [ORDER])
    for (let times = 0; times < 3; times += 1)
      await breakCrm(pipe.emulator, {
        method: 'DELETE',
        resource: 'QuoteItems',
        fault: { kind: 'status', status: 403, when: 'before-commit' },
      })
    await sendAll(pipe, [FEWER])
    const { lines, quotes } = await crmState(pipe)
    expect(lines.map(([number, , , quantity]) => [number, quantity])).toEqual([
      [1, 1],
      [2, 0],
      [3, 0],
      [4, 0],
    ])
    expect(quotes).toEqual([['Order #1001 (shop)', 'Active', 42, null]])
    await sendAll(pipe, [later(8, {})])
    expect((await crmState(pipe)).quotes).toEqual([['Order #1001 (shop)', 'Active', 118.8, null]])
  })

  it('is inactive while it is deleted, and active when it was restored', async () => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, [ORDER, fact('deleted', { at: '2026-11-24T11:00:00Z' })])
    expect((await crmState(pipe)).quotes[0]?.[1]).toBe('Inactive')
    await sendAll(pipe, [fact('restored', { at: '2026-11-24T12:00:00Z' })])
    expect((await crmState(pipe)).quotes[0]?.[1]).toBe('Active')
  })

  it('of which nothing but facts is known is nothing yet', async () => {
    const pipe = await startOrderPipe()
    expect(await pipe.send(CANCELLED)).toMatchObject({ kind: 'done', bindings: {} })
    expect((await crmState(pipe)).opportunities).toEqual([])
  })
})

describe('an order whose create or change is of unknown outcome', () => {
  it.each(
    (['Opportunity', 'Quotes', 'QuoteItems', 'Notes'] as const).flatMap((resource) =>
      (['before-commit', 'after-commit'] as const).map((when) => [resource, when] as const),
    ),
  )('has each record once: %s, reset %s', async (resource, when) => {
    const pipe = await startOrderPipe()
    await cutOff(pipe, 'POST', resource, when)
    const { eventId, outcome } = await pipe.receive(ORDER)
    expect(outcome).toMatchObject({ kind: 'retry-later' })
    await untilIdle(pipe.emulator)
    expect(await pipe.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    const { opportunities, quotes, lines, notes } = await crmState(pipe)
    expect([opportunities.length, quotes.length, lines.length, notes?.length]).toEqual([1, 1, 4, 1])
    expect(quotes[0]?.[2]).toBe(118.8)
  })

  it.each(['before-commit', 'after-commit'] as const)('loses a line once: delete reset %s', async (when) => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, [ORDER])
    await cutOff(pipe, 'DELETE', 'QuoteItems', when)
    const { eventId, outcome } = await pipe.receive(FEWER)
    expect(outcome).toMatchObject({ kind: 'retry-later' })
    expect(await pipe.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    expect((await crmState(pipe)).lines).toEqual([[1, 'i', 'Branch router', 1, 42, 42]])
  })

  it('is what the later state says when the line of an earlier one was of another type', async () => {
    const pipe = await startOrderPipe()
    await cutOff(pipe, 'POST', 'QuoteItems', 'after-commit')
    const first = await pipe.receive(ORDER)
    expect(first.outcome).toMatchObject({ kind: 'retry-later' })
    const second = await pipe.receive(MORE)
    expect(await pipe.untilFinished(second.eventId)).toMatchObject({ kind: 'done' })
    const { lines, quotes } = await crmState(pipe)
    expect(lines.map(([number, type]) => [number, type])).toEqual([
      [1, 'f'],
      [2, 'i'],
      [3, 'i'],
      [4, 'f'],
    ])
    expect(quotes[0]?.[2]).toBe(433.9)
  })

  it('has a line again whose deletion came true without an answer, once a later state wants it', async () => {
    const pipe = await startOrderPipe()
    await sendAll(pipe, [ORDER])
    await cutOff(pipe, 'DELETE', 'QuoteItems', 'after-commit')
    const fewer = await pipe.receive(FEWER)
    expect(fewer.outcome).toMatchObject({ kind: 'retry-later' })
    const again = await pipe.receive(later(9, {}))
    expect(await pipe.untilFinished(again.eventId)).toMatchObject({ kind: 'done' })
    const { lines, quotes } = await crmState(pipe)
    expect(lines.map(([number]) => number)).toEqual([1, 2, 3, 4])
    expect(quotes[0]?.[2]).toBe(118.8)
  })

  it('replaces a line of unknown outcome although its deletion was refused at first', async () => {
    const pipe = await startOrderPipe()
    await cutOff(pipe, 'POST', 'QuoteItems', 'after-commit')
    await pipe.receive(ORDER)
    await breakCrm(pipe.emulator, {
      method: 'DELETE',
      resource: 'QuoteItems',
      fault: { kind: 'status', status: 429, retryAfterS: 1, when: 'before-commit', body: 'empty' },
    })
    const { eventId } = await pipe.receive(MORE)
    expect(await pipe.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    const { lines, quotes } = await crmState(pipe)
    expect(lines.slice(0, 2).map(([number, type]) => [number, type])).toEqual([
      [1, 'f'],
      [2, 'i'],
    ])
    expect(quotes[0]?.[2]).toBe(433.9)
  })

  it('is stale as soon as a newer state has begun: the two never undo each other', async () => {
    const pipe = await startOrderPipe()
    await cutOff(pipe, 'POST', 'QuoteItems', 'before-commit')
    const newer = await pipe.receive(MORE)
    expect(newer.outcome).toMatchObject({ kind: 'retry-later' })
    expect((await pipe.receive(ORDER)).outcome).toMatchObject({ kind: 'stale' })
    expect(await pipe.untilFinished(newer.eventId)).toMatchObject({ kind: 'done' })
    expect((await crmState(pipe)).quotes[0]?.[2]).toBe(433.9)
  })

  it('is not stale when the newer state was parked', async () => {
    const pipe = await startOrderPipe()
    await breakCrm(pipe.emulator, {
      method: 'POST',
      resource: 'Quotes',
      fault: { kind: 'status', status: 400, when: 'before-commit' },
    })
    expect((await pipe.receive(MORE)).outcome).toMatchObject({ kind: 'parked' })
    expect((await pipe.receive(ORDER)).outcome).toMatchObject({ kind: 'done' })
    expect((await crmState(pipe)).quotes[0]?.[2]).toBe(118.8)
  })

  it('looks up currency and products once for all tries of an event', async () => {
    const pipe = await startOrderPipe()
    await cutOff(pipe, 'POST', 'Notes', 'before-commit')
    const { eventId } = await pipe.receive(ORDER)
    expect(await pipe.untilFinished(eventId)).toMatchObject({ kind: 'done' })
    const { byMethodAndResource } = await statsOf(pipe.emulator)
    expect(byMethodAndResource).toMatchObject({ 'GET Currency': 1, 'GET NewProduct': 1, 'GET Pricing': 1 })
  })
})

function nameOf(event: Order): string {
  if (event.standing.is === 'fact') return event.standing.name
  return `version ${String(event.standing.version).slice(11, 16)}`
}
