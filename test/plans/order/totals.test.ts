import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../emulator/dialects.ts'
import type { OrderMapping } from '../../../lib/config/order-mapping.ts'
import { Big } from '../../../lib/values/money.ts'
import { changeCrm } from '../../support/crm.ts'
import { CURRENCIES, orders } from '../../support/generated-orders.ts'
import { ORDER, type OrderPipe, startOrderPipe } from '../../support/orders.ts'
import { propertyRuns } from '../../support/property.ts'
import { crmState } from '../../support/quote-state.ts'

const NAMES = Object.keys(dialects) as (keyof typeof dialects)[]

/** The quote that was made last. */
async function latestQuote(pipe: OrderPipe) {
  const quotes = await pipe.all('Quotes')
  return quotes.toSorted((one, other) => Number(one['$key']) - Number(other['$key'])).at(-1)
}

function grossOf(quote: Awaited<ReturnType<typeof latestQuote>>): string {
  const amounts = ['Quot_GrossAmt', 'Quot_Tax', 'Quot_Freight'].map(
    (field) => new Big(Number(quote?.[field] ?? 0)),
  )
  return amounts.reduce((sum, one) => sum.plus(one), new Big(0)).toFixed()
}

describe.each(NAMES)('in the dialect %s', (dialect) => {
  it('every order becomes a quote with its total, by lines or by header fields', async () => {
    const inLines = await startOrderPipe({ dialect, order: { currencies: CURRENCIES, lineConcurrency: 3 } })
    const order: Partial<OrderMapping> = {
      currencies: CURRENCIES,
      tax: 'header',
      shipping: 'header',
      fees: 'header',
      discounts: 'header',
    }
    const inHeader = await startOrderPipe({ dialect, order })
    let number = 0
    const ids = fc.constantFrom(inLines, inHeader)
    await fc.assert(
      fc.asyncProperty(orders, ids, async (generated, pipe) => {
        number += 1
        const snapshot = { ...generated, orderId: `g${number}`, number: `#g${number}` }
        expect(await pipe.send(snapshot)).toMatchObject({ kind: 'done' })
        expect(grossOf(await latestQuote(pipe))).toBe(new Big(snapshot.total).toFixed())
      }),
      propertyRuns(12),
    )
  })
})

describe('a CRM that does not add up lines written by REST', () => {
  const switches = { rollUps: 'off' } as const

  it('gets the totals from us when told so', async () => {
    const pipe = await startOrderPipe({ switches, live: true, order: { totals: 'written' } })
    expect(await pipe.send(ORDER)).toMatchObject({ kind: 'done' })
    expect(await latestQuote(pipe)).toMatchObject({ Quot_GrossAmt: 118.8, Quot_NettAmt: 118.8 })
    expect((await crmState(pipe)).lines.map((line) => line[5])).toEqual([84, 19.26, 9.64, 5.9])
  })

  it('parks the order where it lets nobody write them, with a line for each line, and the quote says so', async () => {
    const pipe = await startOrderPipe({ switches })
    const outcome = await pipe.send(ORDER)
    expect(outcome).toMatchObject({ kind: 'parked', reason: { code: 'totals-differ' } })
    const { issues = [] } = outcome.kind === 'parked' ? outcome.reason : {}
    expect(issues[0]).toMatch(/^quot_grossamt: should be 118.8, is nothing \(.*does not let us write it\)$/)
    expect(issues).toContain('line 1: should be 84, is nothing ←: Branch router (RT-100)')
    expect((await crmState(pipe)).quotes[0]?.[0]).toBe('TOTALS DIFFER: Order #1001 (shop)')
  })
})

describe('totals that differ', () => {
  it('are looked at again by a redrive; once they are right the quote does not say otherwise', async () => {
    const pipe = await startOrderPipe({ order: { editedQuotes: 'merge' }, switches: { rollUps: 'off' } })
    expect(await pipe.send(ORDER)).toMatchObject({ kind: 'parked' })
    const [quote] = await pipe.all('Quotes')
    const id = `Quotes('${quote?.['$key']}')`
    await changeCrm(pipe.emulator, id, { Quot_GrossAmt: 118.8 })
    expect(await pipe.redrive(ORDER)).toMatchObject({ kind: 'done' })
    expect((await crmState(pipe)).quotes[0]).toEqual(['Order #1001 (shop)', 'Active', 118.8, null])
  })
})
