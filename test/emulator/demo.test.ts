import { describe, expect, it } from 'vitest'
import { entities } from '../../emulator/entities/index.ts'
import { type Json, startCrm } from './crm.ts'

const TABLES = entities.filter(({ view }) => view === undefined)

async function everything() {
  const { get } = await startCrm({ seed: true })
  const feeds = TABLES.map(async ({ name }) => {
    const { body } = await get(`${name}?count=1000`)
    return [name, body['$resources'] as Json[]] as const
  })
  return Object.fromEntries(await Promise.all(feeds)) as Record<string, Json[]>
}

describe('the demo company base', () => {
  it('begins with company 43, Gatecom Inc., and William Agnew', async () => {
    const { get } = await startCrm({ seed: true })
    expect((await get("Company('43')")).body).toMatchObject({
      Comp_Name: 'Gatecom Inc.',
      Comp_PrimaryPersonId: 158,
      Person: { Pers_FirstName: 'William', Pers_LastName: 'Agnew' },
      Address: { Addr_City: 'Dublin' },
      Email: { Emai_EmailAddress: 'info@gatecom.example' },
    })
  })

  it('has records of every entity', async () => {
    const counts = Object.entries(await everything()).map(
      ([name, records]) => [name, records.length] as const,
    )
    expect(counts.filter(([, count]) => count === 0)).toEqual([])
    expect(Object.fromEntries(counts)).toMatchObject({ Company: 20, Cases: 8, Opportunity: 8, Pricing: 32 })
  })

  it('is the same every time', async () => {
    const [one, other] = [await everything(), await everything()]
    const own = ({ Users: _, Custom_Captions: __, ...rest }: Record<string, Json[]>) =>
      Object.fromEntries(
        Object.entries(rest).map(([name, records]) => [name, records.map(({ $url, ...record }) => record)]),
      )
    expect(own(one)).toEqual(own(other))
  })

  it('names only records that are there', async () => {
    const all = await everything()
    const ids = new Map(TABLES.map(({ name }) => [name, new Set(all[name]?.map(({ $key }) => $key))]))
    const references = TABLES.flatMap(({ name, columns }) =>
      columns.flatMap((column) =>
        (all[name] ?? []).map((record) => ({ column, value: record[column.name] })),
      ),
    ).filter(({ column, value }) => column.refersTo !== undefined && value !== null)
    const lost = references.filter(
      ({ column, value }) => !ids.get(column.refersTo ?? '')?.has(value as number),
    )
    expect(references.length).toBeGreaterThan(200)
    expect(lost).toEqual([])
  })

  it('has prices in two currencies and two lists for every product', async () => {
    const { find } = await startCrm({ seed: true })
    const where = "(prod_name like 'branch%' or prod_code like 'RT-1%') and curr_currencyid eq 2"
    const prices = await find('vNewProductPriceList', where)
    expect(prices.map((price) => [price['prli_name'], price['pric_price'], price['Curr_Symbol']])).toEqual([
      ['Default', 455, 'USD'],
      ['Partner', 387, 'USD'],
    ])
  })

  it('adds up: quotes by their lines, opportunities by their quotes and orders', async () => {
    const { Quotes = [], QuoteItems = [], Orders = [], Opportunity = [] } = await everything()
    const sum = (records: readonly Json[], column: string) =>
      records.reduce((total, one) => total + Number(one[column]), 0)
    expect(sum(Quotes, 'Quot_GrossAmt')).toBeCloseTo(sum(QuoteItems, 'QuIt_QuotedPriceTotal'))
    expect(sum(Opportunity, 'Oppo_Total')).toBeCloseTo(
      sum(Quotes, 'Quot_GrossAmt') + sum(Orders, 'Orde_GrossAmt'),
    )
    expect(sum(Opportunity, 'Oppo_Total')).toBeGreaterThan(10_000)
  })
})
