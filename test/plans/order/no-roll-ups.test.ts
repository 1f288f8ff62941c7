import { describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../../../emulator/dialects.ts'
import { receive } from '../../../lib/delivery/receive.ts'
import type { OrderSnapshot } from '../../../lib/events/order.ts'
import { breakCrm, changeCrm, limitUser, requestsTo, untilIdle } from '../../support/crm.ts'
import { actsOf, mortalPipe, someLives } from '../../support/mortal.ts'
import {
  fact,
  ORDER,
  type OrderOptions,
  type OrderPipe,
  requestOf,
  startOrderPipe,
} from '../../support/orders.ts'
import { LOST } from '../../support/person-form.ts'
import { minute } from '../../support/pipe.ts'
import { propertyRuns } from '../../support/property.ts'

/** A CRM that does not add up what is written through REST, and says of no total that only it may write it. */
function start(options: OrderOptions = {}): Promise<OrderPipe> {
  return startOrderPipe({ switches: { rollUps: 'off' }, live: true, ...options })
}

function warnings() {
  const warned: string[] = []
  const nothing = () => undefined
  return { warned, log: { info: nothing, warn: (text: string) => void warned.push(text), error: nothing } }
}

const [ROUTERS, ...OTHERS] = ORDER.lines
/** The same order with one router less, later. */
const FEWER: OrderSnapshot = {
  ...ORDER,
  lines: ROUTERS === undefined ? OTHERS : [{ ...ROUTERS, quantity: '1', total: '42.00' }, ...OTHERS],
  total: '76.80',
  standing: { is: 'snapshot', version: '2026-11-24T10:05:00Z' },
}

/** Quote, lines and opportunity: their totals alone. */
async function totals(pipe: OrderPipe) {
  const [quote, ...quotes] = await pipe.all('Quotes')
  const [opportunity, ...opportunities] = await pipe.all('Opportunity')
  expect([quotes, opportunities]).toEqual([[], []])
  const lines = await pipe.all('QuoteItems')
  return {
    description: quote?.['Quot_Description'],
    gross: quote?.['Quot_GrossAmt'],
    net: quote?.['Quot_NettAmt'],
    lines: lines.map((line) => line['QuIt_QuotedPriceTotal']),
    quotes: opportunity?.['oppo_totalQuotes'],
    opportunity: opportunity?.['Oppo_Total'],
  }
}

const RIGHT = {
  description: 'Order #1001 (shop)',
  gross: 118.8,
  net: 118.8,
  lines: [84, 19.26, 9.64, 5.9],
  quotes: 118.8,
  opportunity: 118.8,
}

describe.each(Object.keys(dialects) as DialectName[])('a CRM of %s that does not add up', (dialect) => {
  it('is found out by its empty totals, and gets them from us', async () => {
    const pipe = await start({ dialect })
    expect(await pipe.send(ORDER)).toMatchObject({ kind: 'done' })
    expect(await totals(pipe)).toEqual(RIGHT)
  })

  it('gets the same at once when we are told', async () => {
    const pipe = await start({ dialect, order: { totals: 'written' } })
    expect(await pipe.send(ORDER)).toMatchObject({ kind: 'done' })
    expect(await totals(pipe)).toEqual(RIGHT)
  })
})

it('an order that changes takes its totals with it, without being found out again', async () => {
  const warned: string[] = []
  const log = {
    info: () => undefined,
    warn: (text: string) => void warned.push(text),
    error: () => undefined,
  }
  const pipe = await start({ log })
  await pipe.send(ORDER)
  expect(await pipe.send(FEWER)).toMatchObject({ kind: 'done' })
  expect(warned).toEqual([expect.stringContaining('the CRM did not add up')])
  expect(await totals(pipe)).toMatchObject({
    gross: 76.8,
    net: 76.8,
    lines: [42, 19.26, 9.64, 5.9],
    quotes: 76.8,
    opportunity: 76.8,
  })
})

it('a cancelled order counts for nothing in its opportunity', async () => {
  const pipe = await start()
  await pipe.send(ORDER)
  expect(await pipe.send(fact('cancelled'))).toMatchObject({ kind: 'done' })
  expect(await totals(pipe)).toMatchObject({ gross: 118.8, quotes: 0, opportunity: 0 })
})

it('a total of the opportunity that people, or other quotes, have made stays', async () => {
  const pipe = await start()
  await pipe.send(ORDER)
  const [opportunity] = await pipe.all('Opportunity')
  await changeCrm(pipe.emulator, `Opportunity('${opportunity?.['$key']}')`, { Oppo_Total: 500 })
  await pipe.send(FEWER)
  expect(await totals(pipe)).toMatchObject({ gross: 76.8, quotes: 76.8, opportunity: 500 })
})

it('nothing is written when the order is delivered again', async () => {
  const pipe = await start()
  await pipe.send(ORDER)
  const before = await requestsTo(pipe.emulator)
  expect(await pipe.redrive(ORDER)).toMatchObject({ kind: 'done' })
  expect(await totals(pipe)).toEqual(RIGHT)
  expect(await requestsTo(pipe.emulator)).toBeGreaterThan(before)
  expect((await pipe.all('Notes')).length).toBe(1)
})

it.each(
  ['QuoteItems', 'Opportunity', 'Quotes'].flatMap((resource) => LOST.map((fault) => ({ resource, fault }))),
)('the totals are right when PATCH $resource ends with $fault', async ({ resource, fault }) => {
  const pipe = await start()
  await breakCrm(pipe.emulator, { method: 'PATCH', resource, fault })
  const { eventId } = await pipe.receive(ORDER)
  await untilIdle(pipe.emulator)
  expect(await pipe.untilFinished(eventId, pipe.pipe)).toMatchObject({ kind: 'done' })
  expect(await totals(pipe)).toEqual(RIGHT)
  expect(await pipe.send(FEWER)).toMatchObject({ kind: 'done' })
  expect(await totals(pipe)).toMatchObject({ gross: 76.8, lines: [42, 19.26, 9.64, 5.9], opportunity: 76.8 })
})

it('the totals are right at whatever act the process that finds out is killed', async () => {
  const target = { kind: 'order', name: 'shop' } as const
  const acts = await actsOf((await start()).pipe, (pipe) => receive(requestOf(ORDER), target, pipe, minute()))
  expect(acts).toBeGreaterThan(30)
  for (const { act, life } of someLives(acts, propertyRuns(16))) {
    const pipe = await start()
    const dying = mortalPipe(pipe.pipe, life)
    await receive(requestOf(ORDER), target, dying, minute()).catch(() => undefined)
    pipe.advance(60_000)
    const { eventId } = await pipe.receive(ORDER)
    expect(['done', 'duplicate']).toContain((await pipe.untilFinished(eventId, pipe.pipe)).kind)
    expect({ act, ...(await totals(pipe)) }).toEqual({ act, ...RIGHT })
  }
}, 120_000)

describe('a quote is not given totals by us', () => {
  it('where we are told that the CRM adds up', async () => {
    const pipe = await start({ order: { totals: 'crm' } })
    const outcome = await pipe.send(ORDER)
    expect(outcome).toMatchObject({ kind: 'parked', reason: { code: 'totals-differ' } })
    const { issues = [] } = outcome.kind === 'parked' ? outcome.reason : {}
    expect(issues[0]).toContain('needs order.totals: "written"')
    expect(await totals(pipe)).toMatchObject({
      description: 'TOTALS DIFFER: Order #1001 (shop)',
      gross: null,
    })
  })

  it('where the user may not see whether it has some', async () => {
    const pipe = await start()
    await limitUser(pipe.emulator, { hidden: ['Quot_GrossAmt'] })
    expect(await pipe.send(ORDER)).toMatchObject({ kind: 'parked', reason: { code: 'totals-differ' } })
    await limitUser(pipe.emulator, { hidden: [] })
    expect(await totals(pipe)).toMatchObject({ gross: null, net: null })
  })

  it('where the CRM adds up', async () => {
    const { warned, log } = warnings()
    const pipe = await startOrderPipe({ live: true, log })
    await pipe.send(ORDER)
    expect(await pipe.send(FEWER)).toMatchObject({ kind: 'done' })
    expect(warned).toEqual([])
    expect(await totals(pipe)).toMatchObject({ gross: 76.8, opportunity: 76.8 })
  })
})
