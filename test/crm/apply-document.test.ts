import { describe, expect, it } from 'vitest'
import { TotalsDifferError } from '../../lib/crm/errors.ts'
import { type Known, noteOf, type Plan, type Step } from '../../lib/crm/plan.ts'
import { type Applying, caseStep, idOf } from '../support/applying.ts'
import { addToCrm, allOf, breakCrm, changeCrm, deleteFromCrm, requestsTo, statsOf } from '../support/crm.ts'
import { type Quoting, startQuoting } from '../support/plain-quote.ts'

const ROUTER = { text: 'Router', price: '42' }
const MUG = { text: 'Mug', price: '9' }
const CABLE = { text: 'Cable', price: '5' }
/** A record that has nothing to do with the quote. */
const BESIDE = caseStep({ as: 'beside' })
const LEFT: Step = { ...noteOf('left', 'quote', 'Quotes', 'The order has changed.'), when: 'left' }
const PRODUCT: Known = { as: 'product', resource: 'NewProduct', field: 'prod_code', value: 'RT-100' }

function withLeft(plan: Plan): Plan {
  return { ...plan, steps: [...plan.steps, LEFT] }
}

/** What was written, one text for each write of the journal. */
function writes({ journal }: Applying): string[] {
  return journal.log.filter((line) => /^(intends|changes|removes) /.test(line))
}

async function linesIn({ emulator }: Applying): Promise<string> {
  const lines = await allOf(emulator, 'QuoteItems')
  return lines.map((line) => `${line['QuIt_LineNumber']} ${line['QuIt_Description']}`).join(', ')
}

function quoteIn(test: Applying): string {
  return `Quotes('${idOf(test, 'quote')}')`
}

/** Where the quote of a router and a mug has been made. */
async function quoted(): Promise<Quoting> {
  const test = await startQuoting()
  await test.apply(test.quoteOf([ROUTER, MUG], '51'))
  test.journal.log.length = 0
  return test
}

function delay({ emulator }: Applying, method: string, resource: string, times = 1): Promise<void> {
  return breakCrm(emulator, { method, resource, times, fault: { kind: 'latency', ms: 100 } })
}

describe('a document', () => {
  it('is its head and then its lines in their order; from then on it is known what people may change', async () => {
    const test = await startQuoting()
    const effects = await test.apply(withLeft(test.quoteOf([ROUTER, MUG], '51')))
    expect(effects).toEqual({ quote: 'created', 'line-1': 'created', 'line-2': 'created', left: 'skipped' })
    expect(writes(test)).toEqual(['intends quote', 'intends line-1, line-2'])
    expect(await linesIn(test)).toBe('1 Router, 2 Mug')
    expect(test.journal.entry('quote')).toMatchObject({ digest: { head: ['quot_description'] } })
  })

  it.each([
    [1, false],
    [3, true],
  ])('of three lines has %i written, and removed, at once', async (lineConcurrency, areTogether) => {
    const test = await startQuoting()
    for (const method of ['POST', 'DELETE']) await delay(test, method, 'QuoteItems', 3)
    for (const lines of [[ROUTER, MUG, CABLE], []]) {
      await fetch(`${test.emulator.controlUrl}/stats`, { method: 'DELETE' })
      await test.apply(test.quoteOf(lines, lines.length > 0 ? '56' : '0', { lineConcurrency }))
      const { concurrencyHighWater } = await statsOf(test.emulator)
      expect(concurrencyHighWater === 3).toBe(areTogether)
    }
  })

  it('is begun before it is known what its lines refer to', async () => {
    const test = await startQuoting()
    await delay(test, 'GET', 'NewProduct')
    const lines = [{ ...ROUTER, needs: ['product'] }]
    await test.apply({ ...test.quoteOf(lines, '42'), known: [PRODUCT] })
    const order = ['intends quote', 'knows product', 'intends line-1']
    expect(test.journal.log.filter((line) => order.includes(line))).toEqual(order)
  })

  it('whose totals are not as they have to be says so, and so does the error', async () => {
    const test = await startQuoting()
    await expect(test.apply(test.quoteOf([ROUTER, MUG], '50'))).rejects.toThrow(TotalsDifferError)
    expect(await allOf(test.emulator, 'Quotes')).toMatchObject([{ Quot_Description: 'TOTALS DIFFER' }])
  })

  it('has those of its totals that we write', async () => {
    const test = await startQuoting()
    const plan = test.quoteOf([ROUTER], '42')
    const written = { quote: { quot_freight: '3' } }
    const totals = { ...plan.document.totals, addedUpBy: 'us', written } as const
    await test.apply({ ...plan, document: { ...plan.document, totals } })
    expect(await allOf(test.emulator, 'Quotes')).toMatchObject([{ Quot_Freight: 3 }])
  })
})

describe('a line', () => {
  it('that is not wanted any more is removed', async () => {
    const test = await quoted()
    const plan = test.quoteOf([ROUTER], '42')
    const effects = await test.apply({ ...plan, steps: [...plan.steps, BESIDE] })
    expect(effects).toEqual({
      quote: 'updated',
      'line-1': 'unchanged',
      'line-2': 'deleted',
      beside: 'created',
    })
    expect(await linesIn(test)).toBe('1 Router')
  })

  it('that cannot become what is wanted is removed before the new lines come, and made anew', async () => {
    const test = await quoted()
    const effects = await test.apply(test.quoteOf([{ text: 'A word', type: 'c' }, MUG, CABLE], '14'))
    expect(effects).toEqual({
      quote: 'updated',
      'line-1': 'created',
      'line-2': 'unchanged',
      'line-3': 'created',
    })
    expect(writes(test)).toEqual(['changes quote', 'removes line-1', 'intends line-1, line-3'])
    expect(await linesIn(test)).toBe('2 Mug, 1 A word, 3 Cable')
  })

  it('that changes with a record it refers to does not make the document one that people have touched', async () => {
    const test = await startQuoting()
    const text = { whether: 'product', there: 'Our router', otherwise: 'Router' }
    const planOf = (price: string) => ({
      ...test.quoteOf([{ text, price, needs: ['product'] }], price),
      known: [PRODUCT],
    })
    await test.apply(planOf('42'))
    await addToCrm(test.emulator, 'NewProduct', { prod_code: 'RT-100', prod_name: 'Router' })
    await delay(test, 'GET', 'NewProduct')
    expect(await test.apply(planOf('42'))).toMatchObject({ quote: 'unchanged', 'line-1': 'updated' })
    expect(await test.apply(planOf('43'))).toMatchObject({ quote: 'updated', 'line-1': 'updated' })
    expect(await linesIn(test)).toBe('1 Our router')
  })
})

describe('a document that people have worked on', () => {
  it('is left as it is, with all its lines; what is there for that case is made', async () => {
    const test = await quoted()
    await changeCrm(test.emulator, `QuoteItems('${idOf(test, 'line-1')}')`, { QuIt_Description: 'Ours' })
    const plan = withLeft(test.quoteOf([ROUTER, CABLE, MUG], '56'))
    const before = await requestsTo(test.emulator)
    expect(await test.apply({ ...plan, steps: [...plan.steps, BESIDE] })).toEqual({
      quote: 'left',
      'line-1': 'left',
      'line-2': 'left',
      'line-3': 'left',
      left: 'created',
      beside: 'created',
    })
    // The quote and its lines are read, the case and the note are written.
    expect((await requestsTo(test.emulator)) - before).toBe(4)
    expect(writes(test)).toEqual(['intends beside', 'intends left'])
    expect(await linesIn(test)).toBe('1 Ours, 2 Mug')
    expect(test.journal.names('line-')).toEqual(['line-1', 'line-2'])
  })

  it('keeps the fields they changed, when told to follow with the others', async () => {
    const test = await quoted()
    await changeCrm(test.emulator, quoteIn(test), { Quot_Description: 'Ours' })
    const effects = await test.apply(withLeft(test.quoteOf([ROUTER, CABLE], '47', { edited: 'merge' })))
    expect(effects).toEqual({
      quote: 'kept, quot_description',
      'line-1': 'unchanged',
      'line-2': 'updated',
      left: 'skipped',
    })
  })

  it('and deleted is not made again; its lines are not looked for', async () => {
    const test = await quoted()
    await deleteFromCrm(test.emulator, quoteIn(test))
    expect(await test.apply(test.quoteOf([ROUTER], '42'))).toEqual({ quote: 'removed', 'line-1': 'skipped' })
    expect(writes(test)).toEqual([])
  })

  it('and deleted is made anew when a redrive is told to, with those lines alone that are wanted now', async () => {
    const test = await quoted()
    await deleteFromCrm(test.emulator, quoteIn(test))
    const effects = await test.apply(test.quoteOf([ROUTER], '42'), { redriven: 'recreate' })
    expect(effects).toEqual({ quote: 'created', 'line-1': 'created' })
    expect(writes(test)).toEqual(['intends quote', 'intends line-1'])
    expect(test.journal.names('line-')).toEqual(['line-1'])
  })
})
