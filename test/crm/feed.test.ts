import { describe, expect, it } from 'vitest'
import { CrmMisconfiguredError, CrmRejectedError } from '../../lib/crm/errors.ts'
import { answers, misbehavingServer } from '../support/misbehaving-server.ts'
import { crmAt } from './company.ts'

const byName = { op: 'eq', field: 'comp_name', value: 'Acme' } as const
const page = (keys: readonly number[], totalResults?: number) =>
  answers(200, { $totalResults: totalResults, $resources: keys.map(($key) => ({ $key })) })

async function keysOf(...pages: readonly ReturnType<typeof page>[]) {
  const { baseUrl, requests } = await misbehavingServer(...pages)
  const { rows } = await crmAt(baseUrl).entity('Company').find(byName)
  return { keys: rows.map(({ key }) => key), requests }
}

describe('a look-up', () => {
  it('goes on to the last page when the CRM does not say how many there are', async () => {
    const { keys } = await keysOf(page([1, 2]), page([3]), page([]))
    expect(keys).toEqual(['1', '2', '3'])
  })

  it('ends when a CRM without a total gives the same page again', async () => {
    const { keys, requests } = await keysOf(page([1, 2]))
    expect([keys, requests.length]).toEqual([['1', '2'], 2])
  })

  it('ends, too, when nothing on that page satisfies what we filter by', async () => {
    const { baseUrl, requests } = await misbehavingServer(page([1, 2]))
    const where = { op: 'and', of: [byName, { op: 'ne', field: 'comp_source', value: null }] } as const
    const found = await crmAt(baseUrl).entity('Company').find(where)
    expect([found.rows, found.filtered, requests.length]).toEqual([[], true, 2])
  })

  it('goes on after a page of nothing but duplicates while the total says there is more', async () => {
    const { keys } = await keysOf(page([1, 2], 5), page([2, 1], 5), page([3], 5))
    expect(keys).toEqual(['1', '2', '3'])
  })

  it('stops at its limit', async () => {
    const { baseUrl, requests } = await misbehavingServer(page([1, 2], 9))
    const { rows } = await crmAt(baseUrl).entity('Company').find(byName, { limit: 1 })
    expect([rows.length, requests.length]).toEqual([1, 1])
  })

  it('that brings a row of which nobody can say which it is, is impossible and not empty', async () => {
    const { baseUrl } = await misbehavingServer(
      answers(200, { $totalResults: 1, $resources: [{ Comp_Name: 'Acme' }] }),
    )
    const found = crmAt(baseUrl).entity('Company').find(byName)
    await expect(found).rejects.toThrow(CrmMisconfiguredError)
    await expect(found).rejects.toThrow(/Comp_CompanyId/)
  })

  it('takes a row by its id field, wherever that stands, when $key is missing', async () => {
    const { keys } = await keysOf(
      answers(200, { $totalResults: 1, $resources: [{ comp_source: 'Web', COMP_companyid: 43 }] }),
    )
    expect(keys).toEqual(['43'])
  })

  it('takes the rows of a view without a key', async () => {
    const { baseUrl } = await misbehavingServer(
      answers(200, { $totalResults: 2, $resources: [{ comp_companyid: 1 }, { comp_companyid: 2 }] }),
    )
    const { rows } = await crmAt(baseUrl).entity('vCompany').find(byName)
    expect(rows.map((row) => row.get('Comp_CompanyId'))).toEqual([1, 2])
  })

  it('of nothing may come without a list', async () => {
    expect((await keysOf(answers(200, { $totalResults: 0 }))).keys).toEqual([])
  })
})

describe('pages', () => {
  const orderOf = (request: string | undefined) =>
    new URL(`http://x${request?.slice(4)}`).searchParams.get('orderBy')

  it.each([
    [{}, 'Comp_CompanyId'],
    [{ orderBy: 'comp_name' }, 'Comp_Name'],
  ] as const)('are asked for in a fixed order: %j by %s', async (query, order) => {
    const { baseUrl, requests } = await misbehavingServer(page([1, 2], 3), page([3], 3))
    const keys: string[] = []
    for await (const { rows } of crmAt(baseUrl).entity('Company').pages(query))
      keys.push(...rows.map(({ key }) => key))
    expect([keys, requests.map(orderOf)]).toEqual([
      ['1', '2', '3'],
      [order, order],
    ])
  })

  it('say that what came was filtered on this side, and how much came', async () => {
    const rows = [
      { $key: 1, comp_source: null },
      { $key: 2, comp_source: 'Web' },
    ]
    const { baseUrl } = await misbehavingServer(answers(200, { $totalResults: 2, $resources: rows }))
    const company = crmAt(baseUrl).entity('Company')
    const found = await company.find({ op: 'eq', field: 'comp_source', value: null })
    expect([found.rows.map(({ key }) => key), found.filtered, found.received]).toEqual([['1'], true, 2])
    expect(await company.find({ op: 'eq', field: 'comp_source', value: 'Web' })).toMatchObject({
      filtered: false,
    })
  })

  it('have the fields that the filter needs, though others were selected', async () => {
    const { baseUrl, requests } = await misbehavingServer(page([], 0))
    const where = { op: 'eq', field: 'comp_source', value: null } as const
    await crmAt(baseUrl)
      .entity('Company')
      .feed({ where, select: ['comp_name'] })
    expect(requests[0]).toMatch(/\?select=Comp_Name%2Ccomp_source%2CComp_CompanyId$/)
  })
})

describe('a feed', () => {
  it('is asked for with fields in their own casing and blanks as %20', async () => {
    const { baseUrl, requests } = await misbehavingServer(page([1], 1))
    await crmAt(baseUrl)
      .entity('Company')
      .feed({
        where: { op: 'like', field: 'COMP_NAME', value: 'A b', at: 'start' },
        select: ['COMP_NAME', 'comp_companyid'],
        orderBy: 'comp_name DESC',
        count: 5,
        startIndex: 3,
      })
    expect(requests[0]).toBe(
      "GET /sdata/crmj/sagecrm2/-/Company?where=Comp_Name%20like%20'A%20b%25'" +
        '&select=Comp_Name%2CComp_CompanyId&count=5&startIndex=3&orderBy=Comp_Name%20desc',
    )
  })

  it.each([
    [{ where: { op: 'eq', field: 'comp_colour', value: 'x' } }, /comp_colour: is not a field of Company/],
    [{ where: { op: 'eq', field: 'comp_name', value: 'a\u0000b' } }, /Comp_Name: a control character/],
    [{ select: ['comp_nam'] }, /comp_nam: is not a field/],
    [{ orderBy: 'comp_name; drop' }, /comp_name; drop: is not a field/],
  ] as const)('that cannot be asked for is refused before it is sent: %j', async (query, message) => {
    const { baseUrl, requests } = await misbehavingServer(page([], 0))
    const asked = crmAt(baseUrl).entity('Company').feed(query)
    await expect(asked).rejects.toThrow(CrmRejectedError)
    await expect(asked).rejects.toThrow(message)
    expect(requests).toEqual([])
  })
})
