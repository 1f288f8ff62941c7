import { describe, expect, it } from 'vitest'
import type { OrderSnapshot } from '../../../lib/events/order.ts'
import { type CrmRecord, readCrm } from '../../support/crm.ts'
import { line, ORDER, startOrderPipe } from '../../support/orders.ts'
import { crmState } from '../../support/quote-state.ts'

const LONG = `${'Sehr langer Name '.repeat(30)}👩‍👩‍👧 Ende`
const RIGHT_TO_LEFT = 'طابعة ليزر '.repeat(40)

function bare(more: Partial<OrderSnapshot>): OrderSnapshot {
  return { ...ORDER, lines: [], shipping: [], taxes: [], tax: '0', total: '0', ...more }
}

async function becomes(order: OrderSnapshot) {
  const pipe = await startOrderPipe({ order: { lineConcurrency: 16 } })
  const outcome = await pipe.send(order)
  expect(outcome).toMatchObject({ kind: 'done' })
  return { ...(await crmState(pipe)), pipe }
}

describe('an order', () => {
  it('without lines is a quote without lines, and the note says so', async () => {
    const { quotes, lines, notes } = await becomes(bare({}))
    expect([quotes[0]?.[2], lines]).toEqual([0, []])
    expect(notes?.[0]).toContain('No lines.')
  })

  it('of nothing but free things has its lines and a total of zero', async () => {
    const { quotes, lines } = await becomes(
      bare({ lines: [line({ id: '1', quantity: '2', total: '0.00' })] }),
    )
    expect([quotes[0]?.[2], lines]).toEqual([0, [[1, 'f', 'Thing', 2, 0, 0]]])
  })

  it('with a negative line or quantity has it with a negative price', async () => {
    const lines = [
      line({ id: '1', total: '20.00' }),
      line({ id: '2', quantity: '-1', total: '-5.00', name: 'Deposit' }),
    ]
    const state = await becomes(bare({ lines, total: '15.00' }))
    expect([state.quotes[0]?.[2], state.lines[1]]).toEqual([15, [2, 'f', 'Deposit', 1, -5, -5]])
  })

  it('of one and a half pieces has them so where that comes out even', async () => {
    const lines = [
      line({ id: '1', quantity: '1.5', total: '3.00' }),
      line({ id: '2', quantity: '1.5', total: '4.99', name: 'Cheese' }),
    ]
    const state = await becomes(bare({ lines, total: '7.99' }))
    expect(state.lines).toEqual([
      [1, 'f', 'Thing', 1.5, 2, 3],
      [2, 'f', '1.5 × Cheese', 1, 4.99, 4.99],
    ])
    expect(state.notes?.[0]).toContain('1.5 × Cheese: one line of quantity 1')
  })

  it('with a line of nothing for nothing leaves it out and says so', async () => {
    const { lines, notes } = await becomes(
      bare({ lines: [line({ id: '1', quantity: '0', total: '0', name: 'Mug' })] }),
    )
    expect(lines).toEqual([])
    expect(notes?.[0]).toContain('0 × Mug: nothing for nothing, no line of the quote.')
  })

  it('in a currency the CRM does not have is parked before anything is written', async () => {
    const pipe = await startOrderPipe()
    const outcome = await pipe.send({ ...ORDER, currency: 'CHF' })
    expect(outcome).toMatchObject({ kind: 'parked', reason: { code: 'crm-rejected' } })
    expect(JSON.stringify(outcome)).toContain('the CRM has no currency CHF')
    expect([await pipe.all('Person'), await pipe.all('Opportunity')]).toEqual([[], []])
  })

  it('of nobody has no company and no person, and the note says so', async () => {
    const { billingAddress: _, ...order } = ORDER
    const { pipe, notes } = await becomes({ ...order, buyer: {} })
    expect(await pipe.all('Person')).toEqual([])
    expect(notes?.[0]).toContain('Buyer: not told')
  })

  it('with a product code of digits finds the product that has it', async () => {
    const { lines } = await becomes(bare({ lines: [line({ id: '1', sku: '00012345' })], total: '10.00' }))
    expect(lines).toEqual([[1, 'f', 'Thing (00012345)', 1, 10, 10]])
  })

  it('with an e-mail address of 300 characters looks for nobody, and has it in full in the note', async () => {
    const email = `${'x'.repeat(288)}@example.com`
    const { pipe, notes } = await becomes({ ...ORDER, buyer: { email } })
    expect(await pipe.all('Person')).toEqual([])
    expect(notes?.[0]).toContain(email)
    expect(notes?.[0]).toContain('no person was looked for')
  })

  it.each([
    ['long', LONG],
    ['right-to-left', RIGHT_TO_LEFT],
  ])('with a %s name shortens it between characters, and has it in full in the note', async (_, name) => {
    const { lines, notes } = await becomes(bare({ lines: [line({ id: '1', name })], total: '10.00' }))
    const shown = String(lines[0]?.[2])
    expect(shown.length).toBeLessThanOrEqual(255)
    expect(shown).toMatch(/…$/)
    expect(name.startsWith(shown.slice(0, -1))).toBe(true)
    expect(notes?.[0]).toContain(`Not in full in the CRM:\nQuoteItems, Description: ${name}`)
  })

  it('with a country that the list of the CRM does not have leaves it out of the address and says so', async () => {
    const { pipe, notes } = await becomes({
      ...ORDER,
      billingAddress: { street1: '1 Gasse', city: 'Wien', country: 'AT' },
    })
    expect(await pipe.all('Person')).toHaveLength(1)
    expect(notes?.[0]).toContain('Address, Country: AT')
  })

  it('told without its amounts is an opportunity with a note, and a quote once it is told in full', async () => {
    const pipe = await startOrderPipe()
    const { billingAddress: _, ...order } = ORDER
    const told = bare({
      ...order,
      buyer: {},
      currency: 'XXX',
      incomplete: 'no credentials',
      lines: [],
      shipping: [],
      total: '0',
      tax: '0',
    })
    await pipe.send({ ...told, standing: { is: 'snapshot', version: '2026-11-24T09:00:00Z' } })
    expect([(await crmState(pipe)).quotes, (await crmState(pipe)).opportunities.length]).toEqual([[], 1])
    await pipe.send(ORDER)
    expect((await crmState(pipe)).quotes[0]?.[2]).toBe(118.8)
    const [person] = await pipe.all('Person')
    expect(await pipe.all('Opportunity')).toMatchObject([{ Oppo_PrimaryPersonId: person?.['Pers_PersonId'] }])
  })

  it('that is given another buyer belongs to that one', async () => {
    const pipe = await startOrderPipe()
    await pipe.send(ORDER)
    const version = '2026-11-24T10:30:00Z'
    const outcome = await pipe.send({
      ...ORDER,
      buyer: { email: 'liam@example.com', lastName: 'Daly' },
      standing: { is: 'snapshot', version },
    })
    expect(outcome).toMatchObject({ kind: 'done' })
    const [maeve, liam, ...others] = await pipe.all('Person')
    expect([maeve?.['Pers_LastName'], others]).toEqual(['Byrne', []])
    expect(await pipe.all('Opportunity')).toMatchObject([{ Oppo_PrimaryPersonId: liam?.['Pers_PersonId'] }])
    expect(await pipe.all('Quotes')).toMatchObject([{ Quot_ContactId: liam?.['Pers_PersonId'] }])
  })

  it('of a thousand lines has them all', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) =>
      line({ id: `${index}`, name: `Thing ${index}`, total: '0.10' }),
    )
    const { quotes, pipe } = await becomes(bare({ lines, total: '100.00' }))
    expect(quotes[0]?.[2]).toBe(100)
    const [quote] = await pipe.all('Quotes')
    const feed = await readCrm(
      pipe.emulator,
      `QuoteItems?count=2000&where=QuIt_OrderQuoteId eq ${quote?.['$key']}`,
    )
    const numbers = (feed['$resources'] as CrmRecord[]).map((one) => Number(one['QuIt_LineNumber']))
    expect(numbers.toSorted((one, other) => one - other)).toEqual(lines.map((_, index) => index + 1))
  }, 120_000)
})
