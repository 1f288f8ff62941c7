import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row } from '../../lib/crm/row.ts'
import { type ConformingCrm, type Connection, targets } from './targets.ts'

const READ = [
  'Opportunity',
  'Lead',
  'Quotes',
  'QuoteItems',
  'Communication',
  'Comm_Link',
  'NewProduct',
] as const
const VIEW = 'vNewProductPriceList'
const CUSTOM_ENTITY = 'Project'

/** Sales, activity and a custom entity, by the CRM's own prototypes; what an installation does not serve is skipped. */
describe.each(targets())('$name', ({ connect, writable }) => {
  let connection: Connection
  let crm: ConformingCrm
  let served: ReadonlySet<string>
  const made: { entity: string; key: string }[] = []

  beforeAll(async () => {
    connection = await connect()
    crm = connection.crm
    served = new Set((await crm.resources()).map((name) => name.toLowerCase()))
  })

  afterAll(async () => {
    for (const { entity, key } of made.toReversed()) await crm.entity(entity).delete(key)
    await connection.close()
  })

  async function make(
    entity: string,
    fields: Record<string, string | number | readonly string[]>,
  ): Promise<Row> {
    const row = await crm.entity(entity).create(fields)
    made.push({ entity, key: row.key })
    return crm.entity(entity).get(row.key)
  }

  it.for(READ)('gives the records of %s, and each by its key', async (name, { skip }) => {
    skip(!served.has(name.toLowerCase()), 'not served')
    const { rows } = await crm.entity(name).feed({ count: 2 })
    for (const { key } of rows) expect((await crm.entity(name).get(key)).key).toBe(key)
  })

  it('gives products with their prices, and those of one product', async ({ skip }) => {
    skip(!served.has(VIEW.toLowerCase()), 'not served')
    const [first] = (await crm.entity(VIEW).feed({ count: 1 })).rows
    if (first === undefined) return skip('no products')
    const value = String(first.get('prod_productid'))
    const { rows } = await crm.entity(VIEW).find({ op: 'eq', field: 'prod_productid', value })
    expect(new Set(rows.map((row) => String(row.get('prod_productid'))))).toEqual(new Set([value]))
    expect(Number(rows[0]?.get('pric_price'))).toBeGreaterThanOrEqual(0)
  })

  describe.runIf(writable)('as one who may write', () => {
    it('makes an opportunity with a quote and its lines, whose totals are right if there are any', async () => {
      const opportunity = await make('Opportunity', {
        oppo_description: `Conformance ${randomUUID().slice(0, 8)}`,
      })
      const quote = await make('Quotes', {
        quot_opportunityid: opportunity.key,
        quot_description: 'Conformance',
      })
      const line = { quit_orderquoteid: quote.key, quit_opportunityid: opportunity.key, quit_linetype: 'f' }
      for (const price of [10, 2.5])
        await make('QuoteItems', {
          ...line,
          quit_description: 'x',
          quit_quantity: 2,
          quit_quotedprice: price,
        })
      const { rows } = await crm
        .entity('QuoteItems')
        .find({ op: 'eq', field: 'quit_orderquoteid', value: quote.key })
      expect(rows.map((row) => row.get('quit_quotedprice'))).toEqual([10, 2.5])
      const totals = rows.map((row) => row.get('quit_quotedpricetotal') ?? null)
      expect([
        [20, 5],
        [null, null],
      ]).toContainEqual(totals)
      const gross = (await crm.entity('Quotes').get(quote.key)).get('quot_grossamt') ?? null
      expect(gross).toBe(totals[0] === null ? null : 25)
      expect(quote.date('quot_expirationdate')).toMatch(/^\d{4}-\d\d-\d\d$/)
    })

    it('links a communication to its person, and finds it by them', async () => {
      const person = await make('Person', { pers_lastname: `Conformance ${randomUUID().slice(0, 8)}` })
      const task = { comm_subject: 'Conformance', comm_type: 'Task', comm_action: 'PhoneOut' }
      const communication = await make('Communication', task)
      const ends = { cmli_comm_communicationid: communication.key, cmli_comm_personid: person.key }
      const link = await make('Comm_Link', ends)
      const { rows } = await crm
        .entity('Comm_Link')
        .find({ op: 'eq', field: 'cmli_comm_personid', value: person.key })
      expect(rows.map(({ key }) => key)).toEqual([link.key])
    })

    it('makes, changes and deletes a record of a custom entity', async ({ skip }) => {
      skip(!served.has(CUSTOM_ENTITY.toLowerCase()), 'not served')
      const project = crm.entity(CUSTOM_ENTITY)
      const { key } = await make(CUSTOM_ENTITY, { proj_name: 'Conformance' })
      await project.update(key, { proj_name: 'Conformance 2' })
      expect((await project.get(key)).get('proj_name')).toBe('Conformance 2')
    })
  })
})
