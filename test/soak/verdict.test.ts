import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../../emulator/random.ts'
import { receive } from '../../lib/delivery/receive.ts'
import { addToCrm, changeCrm, deleteFromCrm } from '../support/crm.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'
import { type Delivery, inAnyOrder, SENDERS } from './deliveries.ts'
import { type Row, readAll } from './emulated-crm.ts'
import type { Findings } from './findings.ts'
import config from './integration.config.ts'
import { makeOrders } from './orders.ts'
import { deliveredOrders, SHOP_SECRET } from './shop.ts'
import { makeSubmissions, postedForms } from './submissions.ts'
import { readTables, type Tables } from './tables.ts'
import { type Happened, type Verdict, verdictOn } from './verdict.ts'

const SEED = 7
const EVENTS = 40
const happened: Happened = {
  submissions: makeSubmissions(10, randomNumbers(SEED)),
  orders: makeOrders(EVENTS, randomNumbers(SEED)),
}

/** Delivers everything through the real pipe into a real emulator, in any order and some of it twice. */
async function delivered(): Promise<TestPipe> {
  const random = randomNumbers(SEED)
  const secret = async () => [SHOP_SECRET]
  const test = await startPipe({ seed: true, config, secret })
  const due = [
    ...postedForms(happened.submissions, random),
    ...deliveredOrders(happened.orders, EVENTS, random),
  ]
  for (const delivery of inAnyOrder(due, random)) {
    const at = { kind: delivery.kind === 'forms' ? 'form' : 'order', name: SENDERS[delivery.kind] } as const
    const { eventId, outcome } = await receive(requestOf(delivery), at, test.pipe, minute())
    if (outcome.kind === 'retry-later') await test.untilFinished(eventId)
  }
  return test
}

function requestOf({ path, headers, body }: Delivery) {
  return { method: 'POST', path, rawQuery: '', headers, body: Buffer.from(body), sourceIp: '127.0.0.1' }
}

function tablesOf({ emulator }: TestPipe): Promise<Tables> {
  return readTables((entity, columns) => readAll(emulator.baseUrl, entity, columns))
}

function countsOf(verdict: Verdict) {
  const count = ({ lost, duplicates, wrong }: Findings) => [lost.length, duplicates.length, wrong.length]
  return { forms: count(verdict.forms), orders: count(verdict.orders), parties: count(verdict.parties) }
}

type Counts = ReturnType<typeof countsOf>
const RIGHT: Counts = { forms: [0, 0, 0], orders: [0, 0, 0], parties: [0, 0, 0] }

type Fault = (tables: Tables) => Tables

/** The last record of an entity that has a text: the first ones are those of the demo database. */
function lastOf(tables: Tables, entity: keyof Tables, having = ''): Row {
  const found = tables[entity].findLast((row) => JSON.stringify(row).includes(having))
  if (found === undefined) throw new Error(`there is no ${entity} with "${having}"`)
  return found
}

/** Puts others in the place of that record. */
function replacing(entity: keyof Tables, having: string, by: (row: Row) => readonly Row[]): Fault {
  return (tables) => {
    const last = lastOf(tables, entity, having)
    return { ...tables, [entity]: tables[entity].flatMap((row) => (row === last ? by(row) : [row])) }
  }
}

function without(entity: keyof Tables, having = ''): Fault {
  return replacing(entity, having, () => [])
}

function doubled(entity: keyof Tables, having = ''): Fault {
  return replacing(entity, having, (row) => [row, { ...row, $key: 'another one' }])
}

function saying(entity: keyof Tables, said: Row, having = ''): Fault {
  return replacing(entity, having, (row) => [{ ...row, ...said }])
}

/** What is lost, doubled and wrong by each fault. */
const FAULTS: readonly (readonly [string, Fault, Partial<Counts>])[] = [
  ['a line is missing', without('QuoteItems'), { orders: [1, 0, 0] }],
  ['a line is there twice', doubled('QuoteItems'), { orders: [0, 1, 0] }],
  ['a line is left over', saying('QuoteItems', { quit_linenumber: 99 }), { orders: [1, 0, 1] }],
  ['a line has another price', saying('QuoteItems', { quit_quotedprice: 0.5 }), { orders: [0, 0, 1] }],
  ['a line has another quantity', saying('QuoteItems', { quit_quantity: 77 }), { orders: [0, 0, 1] }],
  ['a line has another text', saying('QuoteItems', { quit_description: 'Hat' }), { orders: [0, 0, 1] }],
  ['a quote has another total', saying('Quotes', { quot_grossamt: 0.01 }), { orders: [0, 0, 1] }],
  ['a quote has another status', saying('Quotes', { quot_status: 'Converted' }), { orders: [0, 0, 1] }],
  ['a quote is there twice', doubled('Quotes'), { orders: [0, 1, 0] }],
  // By its description and by its marker.
  ['an opportunity is there twice', doubled('Opportunity'), { orders: [0, 2, 0] }],
  ['an opportunity has another stage', saying('Opportunity', { oppo_stage: 'Hat' }), { orders: [0, 0, 1] }],
  ['the note of an order is missing', without('Notes', 'Total '), { orders: [1, 0, 0] }],
  ['the note of an order is there twice', doubled('Notes', 'Total '), { orders: [0, 1, 0] }],
  [
    'the note of an order is an old one',
    saying('Notes', { note_note: 'Total 0 EUR' }, 'Total '),
    { orders: [0, 0, 1] },
  ],
  ['a note on a difference is there twice', doubled('Notes', 'says otherwise'), { forms: [0, 1, 0] }],
  ['the note of a form is missing', without('Notes', 'message: '), { forms: [1, 0, 0] }],
  ['the note of a form is there twice', doubled('Notes', 'message: '), { forms: [0, 1, 0] }],
  ['a case is missing', without('Cases'), { forms: [2, 0, 0] }],
  ['a case is there twice', doubled('Cases'), { forms: [0, 2, 0] }],
  [
    'a case nobody asked for',
    saying('Cases', { case_description: 'Soak: Message 99' }),
    { forms: [2, 0, 1] },
  ],
  ['a company is missing', without('Company'), { parties: [1, 0, 0] }],
  ['a company is there twice', doubled('Company'), { parties: [0, 1, 0] }],
  ['a person is there twice', doubled('vPerson'), { parties: [0, 1, 0] }],
]

describe('the verdict of the soak', () => {
  it('is that everything is there once, when it is', async () => {
    const verdict = verdictOn(await tablesOf(await delivered()), happened)
    expect(countsOf(verdict)).toEqual(RIGHT)
    const lives = happened.orders.length
    expect(verdict.forms.records).toBe(2 * happened.submissions.length)
    expect(verdict.orders.records).toBeGreaterThan(3 * lives + lives)
  })

  it('tells everything that is missing, doubled or different', async () => {
    const right = await tablesOf(await delivered())
    const told = FAULTS.map(([what, plant]) => [what, countsOf(verdictOn(plant(right), happened))])
    expect(told).toEqual(FAULTS.map(([what, , counts]) => [what, { ...RIGHT, ...counts }]))
  })

  it('is about what the database has when it is asked', async () => {
    const test = await delivered()
    const tables = await tablesOf(test)
    const { $key: line, quit_orderquoteid: quote } = lastOf(tables, 'QuoteItems')
    await deleteFromCrm(test.emulator, `QuoteItems('${String(line)}')`)
    await changeCrm(test.emulator, `Quotes('${String(quote)}')`, { Quot_Description: 'Hat' })
    await addToCrm(test.emulator, 'Company', { Comp_Name: lastOf(tables, 'Company')['comp_name'] })
    const counts = countsOf(verdictOn(await tablesOf(test), happened))
    // With the line its share of the total is gone.
    expect(counts).toEqual({ forms: [0, 0, 0], orders: [1, 0, 2], parties: [0, 1, 0] })
  })
})
