import { describe, expect, it } from 'vitest'
import type { OrderSnapshot } from '../../../lib/events/order.ts'
import { addToCrm, changeCrm, deleteFromCrm } from '../../support/crm.ts'
import { ORDER, type OrderPipe, startOrderPipe } from '../../support/orders.ts'
import { crmState } from '../../support/quote-state.ts'

/** The same order with one router less. */
function fewer(minute: number, total = '76.80'): OrderSnapshot {
  const version = `2026-11-24T10:0${minute}:00Z`
  const [routers, ...others] = ORDER.lines
  const lines = routers === undefined ? others : [{ ...routers, quantity: '1', total: '42.00' }, ...others]
  return { ...ORDER, lines, total, standing: { is: 'snapshot', version } }
}

async function idOf(pipe: OrderPipe, entity: string): Promise<string> {
  return `${entity}('${(await pipe.all(entity))[0]?.['$key']}')`
}

const TOUCHES: readonly (readonly [string, (pipe: OrderPipe) => Promise<void>])[] = [
  ['made an order of it', async (pipe) => change(pipe, 'Quotes', { Quot_Status: 'Converted' })],
  [
    'wrote another description',
    async (pipe) => change(pipe, 'Quotes', { Quot_Description: 'Special offer' }),
  ],
  ['changed the price of a line', async (pipe) => change(pipe, 'QuoteItems', { QuIt_QuotedPrice: 40 })],
  ['deleted a line', async (pipe) => deleteFromCrm(pipe.emulator, await idOf(pipe, 'QuoteItems'))],
  [
    'added a line',
    async (pipe) => {
      const [quote] = await pipe.all('Quotes')
      await addToCrm(pipe.emulator, 'QuoteItems', {
        QuIt_OrderQuoteId: quote?.['Quot_OrderQuoteID'],
        QuIt_OpportunityId: quote?.['Quot_OpportunityId'],
        QuIt_LineType: 'f',
        QuIt_Description: 'On the house',
        QuIt_Quantity: 1,
        QuIt_QuotedPrice: 0,
      })
    },
  ],
]

async function change(
  pipe: OrderPipe,
  entity: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  await changeCrm(pipe.emulator, await idOf(pipe, entity), fields)
}

describe('a quote that people have worked on', () => {
  it.each(TOUCHES)('is left as it is, with a note and a task: they %s', async (_, touch) => {
    const pipe = await startOrderPipe()
    await pipe.send(ORDER)
    await touch(pipe)
    const before = await crmState(pipe)
    expect(await pipe.send(fewer(5))).toMatchObject({
      kind: 'done',
      effects: { quote: 'left', 'line-1': 'left', left: 'created' },
    })
    const { quotes, lines, notes, tasks } = await crmState(pipe)
    expect([quotes, lines]).toEqual([before.quotes, before.lines])
    expect(notes?.at(-1)).toContain('1 × Branch router (RT-100), 42 each: 42')
    expect(tasks).toEqual([expect.stringContaining('has changed')])
    expect(await pipe.all('Comm_Link')).toMatchObject([{ CmLi_Comm_UserId: 2 }])
  })

  it('has one note for all changes, and a task for each of them', async () => {
    const pipe = await startOrderPipe()
    await pipe.send(ORDER)
    await change(pipe, 'Quotes', { Quot_Status: 'Converted' })
    await pipe.send(fewer(5))
    await pipe.send({ ...fewer(6), state: 'cancelled' })
    const again = await pipe.send({ ...fewer(7), state: 'cancelled' })
    expect(again).toMatchObject({ effects: { left: 'unchanged' } })
    const { notes, tasks } = await crmState(pipe)
    expect([notes?.length, tasks?.length]).toEqual([2, 2])
    expect(notes?.at(-1)).toContain('State: cancelled')
  })

  it('is not even looked at while the order stays as it is', async () => {
    const pipe = await startOrderPipe()
    await pipe.send(ORDER)
    await change(pipe, 'Quotes', { Quot_Description: 'Special offer' })
    const version = '2026-11-24T10:01:00Z'
    await pipe.send({ ...ORDER, standing: { is: 'snapshot', version } })
    expect((await crmState(pipe)).tasks).toEqual([])
  })

  it('keeps the fields they changed and follows with the others, when told so', async () => {
    const pipe = await startOrderPipe({ order: { editedQuotes: 'merge' } })
    await pipe.send(ORDER)
    await change(pipe, 'QuoteItems', { QuIt_QuotedPrice: 40 })
    const [routers, ...others] = ORDER.lines
    const version = '2026-11-24T10:05:00Z'
    const lines =
      routers === undefined
        ? []
        : [{ ...routers, quantity: '3', unitPrice: '50.00', total: '150.00' }, ...others]
    const outcome = await pipe.send({
      ...ORDER,
      lines,
      total: '184.80',
      standing: { is: 'snapshot', version },
    })
    expect(outcome).toMatchObject({
      kind: 'done',
      effects: { 'line-1': "updated, people's: quit_quotedprice" },
    })
    expect((await crmState(pipe)).lines[0]).toEqual([1, 'i', 'Branch router', 3, 40, 120])
  })

  it('is changed back when told so, but never once it is converted', async () => {
    const pipe = await startOrderPipe({ order: { editedQuotes: 'overwrite' } })
    await pipe.send(ORDER)
    await change(pipe, 'QuoteItems', { QuIt_Quantity: 9 })
    expect(await pipe.send(fewer(5))).toMatchObject({ kind: 'done' })
    expect((await crmState(pipe)).lines[0]).toEqual([1, 'i', 'Branch router', 1, 42, 42])
    await change(pipe, 'Quotes', { Quot_Status: 'Converted' })
    expect(
      await pipe.send({ ...ORDER, standing: { is: 'snapshot', version: '2026-11-24T10:09:00Z' } }),
    ).toMatchObject({
      effects: { quote: 'left' },
    })
  })

  it('and deleted is not made again, unless a redrive is told to', async () => {
    const pipe = await startOrderPipe()
    await pipe.send(ORDER)
    await deleteFromCrm(pipe.emulator, await idOf(pipe, 'Quotes'))
    const next = fewer(5)
    expect(await pipe.send(next)).toMatchObject({
      kind: 'done',
      effects: { quote: 'removed', 'line-1': 'skipped' },
    })
    expect((await crmState(pipe)).quotes).toEqual([])
    expect(await pipe.redrive(next, 'recreate')).toMatchObject({
      kind: 'done',
      effects: { quote: 'created' },
    })
    expect((await crmState(pipe)).quotes[0]?.[2]).toBe(76.8)
  })
})

describe('a person who is there already', () => {
  it('is never changed: what the shop says otherwise is a note', async () => {
    const pipe = await startOrderPipe()
    await pipe.send(ORDER)
    const name = { firstName: 'Maeve', lastName: 'Kelly', email: 'MAEVE@example.com' }
    await pipe.send({ ...ORDER, orderId: '1002', number: '#1002', buyer: name })
    expect(await pipe.all('Person')).toMatchObject([{ Pers_LastName: 'Byrne' }])
    const notes = (await crmState(pipe)).notes ?? []
    expect(notes.filter((note) => note.includes('Last name: sent "Kelly", here "Byrne"'))).toHaveLength(1)
  })

  it('is the oldest of several, or the newest when told so, and the note says that there are several', async () => {
    const pipe = await startOrderPipe({ order: { several: 'newest' } })
    for (const last of ['Byrne', 'Byrne'])
      await addToCrm(pipe.emulator, 'Person', {
        Pers_FirstName: 'Maeve',
        Pers_LastName: last,
        email: [{ $type: 'Business', $isDefault: true, Emai_EmailAddress: 'maeve@example.com' }],
      })
    await pipe.send(ORDER)
    const people = await pipe.all('Person')
    const newest = Math.max(...people.map((one) => Number(one['$key'])))
    expect(await pipe.all('Opportunity')).toMatchObject([{ Oppo_PrimaryPersonId: newest }])
    expect((await crmState(pipe)).notes?.join('\n')).toContain('2 records match')
  })
})

describe('a private buyer', () => {
  it.each([
    ['person', null],
    ['company-each', 'Maeve Byrne (maeve@example.com)'],
    [{ company: 'Web customers' }, 'Web customers'],
  ] as const)('with the policy %j belongs to %j', async (privateBuyers, name) => {
    const pipe = await startOrderPipe({ order: { privateBuyers } })
    await pipe.send(ORDER)
    await pipe.send({ ...ORDER, orderId: '1002', number: '#1002' })
    const companies = await pipe.all('Company')
    expect(companies.map((one) => one['Comp_Name'])).toEqual(name === null ? [] : [name])
    expect(await pipe.all('Person')).toHaveLength(1)
    expect(await pipe.all('Opportunity')).toHaveLength(2)
  })
})
