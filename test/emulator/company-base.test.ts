import { describe, expect, it } from 'vitest'
import { seedCompanies } from '../../emulator/database/company-base.ts'
import type { Database } from '../../emulator/database/database.ts'
import { openDatabase } from '../../emulator/database/open.ts'
import { dialects } from '../../emulator/dialects.ts'
import { company } from '../../emulator/entities/company.ts'
import { FULL_ACCESS } from '../../emulator/records/access.ts'
import { pageSql } from '../../emulator/records/feed.ts'
import { startCrm } from './crm.ts'
import { newDataFile } from './data-file.ts'

function companyBase(count: number): Database {
  const database = openDatabase(':memory:', '2026-11-24T00:00:00Z')
  seedCompanies(database, count)
  return database
}

describe('--companies', () => {
  it('makes companies with a person, an address, a phone number and an e-mail address', async () => {
    const { get, find } = await startCrm({ companies: 30 })
    expect((await get('Company')).body['$totalResults']).toBe(30)
    const [first] = await find('Company', "comp_name like '%'", '&orderBy=comp_companyid&count=1')
    const { body } = await get(`Company('${first?.['$key']}')`)
    expect(body).toMatchObject({
      Comp_Name: expect.stringMatching(/^\S+ & \S+ \S+ .+$/),
      Person: { Pers_CompanyId: body['Comp_CompanyId'], $key: body['Comp_PrimaryPersonId'] },
      Address: { $key: body['Comp_PrimaryAddressId'] },
      Phone: { Phon_Number: '2000000' },
      Email: { Emai_EmailAddress: expect.stringMatching(/@.+\.example$/) },
    })
    expect(await find('vCompany', "comp_phonenumber eq '2000029'")).toHaveLength(1)
  })

  it('are the same ones every time', () => {
    const all = () =>
      ['Company', 'Person', 'Email'].map((table) => companyBase(50).all(`SELECT * FROM ${table}`))
    expect(all()).toEqual(all())
  })

  it('are made once for a data file, and only the missing ones when more are asked for', async () => {
    const dataFile = await newDataFile()
    const counts = []
    for (const companies of [10, 10, 15, 5]) {
      const { emulator, get } = await startCrm({ dataFile, companies })
      counts.push((await get('Company')).body['$totalResults'])
      await emulator.close()
    }
    expect(counts).toEqual([10, 10, 15, 15])
  })

  it('can be created, changed and found like any other record', async () => {
    const { create, find, request } = await startCrm({ companies: 3 })
    const id = await create('Company', { comp_name: 'One more' })
    expect(await find('Company', 'comp_companyid ge 43')).toHaveLength(4)
    expect((await request('PATCH', "Company('43')", { comp_name: 'Another' })).status).toBe(200)
    expect(await find('Company', "comp_name eq 'another'")).toMatchObject([{ $key: 43 }])
    expect(id).toBe(46)
  })
})

describe('a search by an indexed column', () => {
  const plan = (where: string): string => {
    const database = companyBase(10)
    const crm = { database, dialect: dialects['2022R2'], timeZone: 'UTC', now: () => new Date(0) }
    const session = { userId: 1, baseUrl: '', access: FULL_ACCESS }
    const { page, parameters } = pageSql(crm, company, { where }, session)
    const rows = database.all(`EXPLAIN QUERY PLAN ${page}`, ...parameters, 5, 0)
    return rows.map(({ detail }) => String(detail)).join('\n')
  }

  it.each([
    "comp_name eq 'Abbott & Co'",
    "comp_name eq 'Société'",
    "comp_name like 'abc%'",
    "comp_name like 'a_c'",
    "comp_name like 'Socié%'",
    "comp_name in ('Abbott & Co', 'Société', 'x')",
  ])('uses the index for %s', (where) => {
    expect(plan(where)).toContain('Company_Comp_Name (Comp_Name>? AND Comp_Name<?)')
  })

  it.each(["comp_name like '%abc'", "comp_name like 'élan%'"])('looks at every record for %s', (where) => {
    expect(plan(where)).not.toContain('Company_Comp_Name')
  })

  it('finds what is in a list, and by its negation what has another value, but not what has none', async () => {
    const { create, find } = await startCrm()
    for (const reference of ['a', 'B ', 'c', undefined])
      await create('Cases', { case_customerref: reference })
    const found = async (where: string) =>
      (await find('Cases', where)).map(({ Case_CustomerRef }) => Case_CustomerRef)
    expect(await found("case_customerref in ('A', 'b')")).toEqual(['a', 'B '])
    expect(await found("not case_customerref in ('A', 'b')")).toEqual(['c'])
  })

  it.each([
    ["comp_name like 'ABBOTT%'", ['Abbott', 'abbott & Sons', 'ABBOTT']],
    ["comp_name like 'z%'", ['Zajac']],
    ["comp_name like 'a[%'", ['A[b']],
    ["comp_name like 'été%'", ['Étéo']],
    ["comp_name like 'cafÉ%'", ['Cafés']],
  ])('finds by %s what begins so in any letter case', async (where, names) => {
    const { create, find } = await startCrm()
    for (const name of [
      'Abbott',
      'abbott & Sons',
      'ABBOTT',
      'Abbey',
      'Zajac',
      'A[b',
      'Étéo',
      'Cafés',
      'Cafe',
    ])
      await create('Company', { comp_name: name })
    const found = await find('Company', where)
    expect(found.map(({ Comp_Name }) => Comp_Name)).toEqual(names)
  })
})
