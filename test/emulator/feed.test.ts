import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../emulator/server.ts'
import { startCrm } from './crm.ts'

async function crmWithCompanies(count: number, options: EmulatorOptions = {}) {
  const crm = await startCrm(options)
  for (let index = 1; index <= count; index += 1)
    await crm.create('Company', { comp_name: `Company ${index}` })
  const names = async (query: string) => {
    const { body } = await crm.get(`Company?${query}`)
    return (body['$resources'] as { Comp_Name: string }[]).map((record) => record.Comp_Name)
  }
  return { ...crm, names }
}

describe('a feed', () => {
  it('is a page of ten unless told otherwise, and says how many there are', async () => {
    const { get, emulator } = await crmWithCompanies(12)
    const { body } = await get('company')
    expect(body).toMatchObject({
      $url: `${emulator.baseUrl}/Company`,
      $totalResults: 12,
      $startIndex: 1,
      $itemsPerPage: 10,
    })
    expect(body['$resources']).toHaveLength(10)
  })

  it('counts from 1, and takes parameter names in any letter case', async () => {
    const { names } = await crmWithCompanies(5)
    expect(await names('startindex=2&COUNT=2')).toEqual(['Company 2', 'Company 3'])
    expect(await names('startIndex=5&count=1000')).toEqual(['Company 5'])
    expect(await names('startIndex=6&count=10')).toEqual([])
  })

  it.each([
    ['count=2', 5],
    ['count=5', 5],
    ['count=6', 5],
    ['count=0', 5],
    ['startIndex=5&count=2', 5],
    ['startIndex=6&count=2', 5],
    ["count=2&where=comp_name%20eq%20'Company%203'", 1],
    ["count=2&where=comp_name%20eq%20'x'", 0],
  ])('says how many there are in all: %s', async (query, total) => {
    const { get } = await crmWithCompanies(5)
    expect((await get(`Company?${query}`)).body['$totalResults']).toBe(total)
  })

  it('is empty when nothing was found', async () => {
    const { get } = await startCrm()
    expect((await get('Cases')).body).toMatchObject({ $totalResults: 0, $resources: [] })
  })

  it('shows only what select names', async () => {
    const { get } = await crmWithCompanies(1)
    const { body } = await get('Company?select=comp_name,%20COMP_TYPE,comp_name')
    const [record = {}] = body['$resources'] as object[]
    expect(Object.keys(record)).toEqual(['$url', '$key', '$title', 'Comp_Name', 'Comp_Type'])
  })

  it('ignores parameters nobody knows', async () => {
    const { names } = await crmWithCompanies(1)
    expect(await names('include=person&format=json&x')).toEqual(['Company 1'])
  })

  it('is ordered where the release can do it, else by id', async () => {
    const newer = await crmWithCompanies(3, { dialect: '2024R2' })
    expect(await newer.names('orderBy=comp_name%20desc')).toEqual(['Company 3', 'Company 2', 'Company 1'])
    const older = await crmWithCompanies(3, { dialect: '2022R2' })
    expect(await older.names('orderBy=comp_name%20desc')).toEqual(['Company 1', 'Company 2', 'Company 3'])
  })

  it.each([
    ['count=-1', 'count'],
    ['count=ten', 'count'],
    ['startIndex=0', 'startIndex'],
    ['select=comp_nosuch', 'comp_nosuch'],
    ['where=%E0%A4%A', 'percent'],
  ])('is refused with 400 for %s', async (query, named) => {
    const { get } = await startCrm()
    const { status, text } = await get(`Company?${query}`)
    expect([status, text]).toEqual([400, expect.stringContaining(named)])
  })
})

describe('the views', () => {
  async function crmWithPerson() {
    const crm = await startCrm()
    const company = await crm.create('Company', {
      comp_name: 'Gatecom',
      email: { Emai_EmailAddress: 'info@gatecom.example' },
    })
    const person = await crm.create('Person', {
      pers_lastname: 'Murphy',
      pers_companyid: company,
      email: [
        { Emai_EmailAddress: 'private@example.com', $type: 'Private' },
        { Emai_EmailAddress: 'maeve@example.com', $type: 'Business', $isDefault: true },
      ],
      phone: { Phon_CountryCode: '353', Phon_AreaCode: '1', Phon_Number: '55', $type: 'Business' },
    })
    return { ...crm, company, person }
  }

  it('vPerson shows the default e-mail address, phone and company name of a person', async () => {
    const { find, person } = await crmWithPerson()
    expect(await find('vPerson', "pers_emailaddress eq 'maeve@example.com'")).toMatchObject([
      {
        $key: person,
        Pers_LastName: 'Murphy',
        Pers_EmailAddress: 'maeve@example.com',
        Pers_PhoneCountryCode: '353',
        Pers_PhoneAreaCode: '1',
        Pers_PhoneNumber: '55',
        Comp_Name: 'Gatecom',
      },
    ])
    expect(await find('vPerson', "pers_emailaddress eq 'private@example.com'")).toEqual([])
  })

  it('vCompany shows the default e-mail address of a company', async () => {
    const { find, company } = await crmWithPerson()
    expect(await find('vcompany', "comp_emailaddress like '%@gatecom.example'")).toMatchObject([
      { $key: company },
    ])
  })

  it('vAddressCompany shows the addresses of a company', async () => {
    const { create, find } = await startCrm()
    const address = { Addr_City: 'Dublin', $type: 'Shipping' }
    const company = await create('Company', { comp_name: 'Gatecom', address })
    await create('Company', { comp_name: 'Other', address })
    expect(await find('vAddressCompany', `adli_companyid eq ${company}`)).toMatchObject([
      { Addr_City: 'Dublin', AdLi_CompanyID: company, AdLi_Type: 'Shipping' },
    ])
  })

  it('forget a person who was deleted', async () => {
    const { find, request, person } = await crmWithPerson()
    await request('DELETE', `Person('${person}')`)
    expect(await find('vPerson', "pers_lastname eq 'Murphy'")).toEqual([])
  })

  it('cannot be written', async () => {
    const { post, request, person } = await crmWithPerson()
    const body = { pers_lastname: 'x' }
    const answers = [await post('vPerson', body), await request('PATCH', `vPerson('${person}')`, body)]
    for (const { status, text } of answers)
      expect([status, text]).toEqual([405, expect.stringContaining('$diagnoses')])
  })
})
