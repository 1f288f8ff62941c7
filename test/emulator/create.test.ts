import { describe, expect, it } from 'vitest'
import { startCrm } from './crm.ts'

const FORD = {
  comp_name: 'Ford Industries',
  person: [
    { $isDefault: false, pers_firstname: 'Sarah', pers_lastname: 'Corsa', $type: 'Finance' },
    { $isDefault: true, pers_firstname: 'Henry', pers_lastname: 'Ford', $type: 'Admin' },
  ],
  Address: [
    { $isDefault: true, Addr_Address1: 'here', Addr_City: 'Dublin', Addr_Country: 'IE', $type: 'Business' },
  ],
  email: { Emai_EmailAddress: 'sdata@FordIndustries.com', $type: 'Business' },
  phone: [
    { Phon_CountryCode: '353', Phon_AreaCode: '1', Phon_Number: '34322', $type: 'Business' },
    { Phon_CountryCode: '353', Phon_AreaCode: '1', Phon_Number: '111111', $type: 'Fax' },
  ],
}

describe('a create', () => {
  it('answers 201 with Location, the id and the submitted fields in their stored casing', async () => {
    const { post, emulator } = await startCrm()
    const { status, headers, body } = await post('company', { COMP_NAME: 'Gatecom', comp_TYPE: 'Customer' })
    expect(status).toBe(201)
    const url = `${emulator.baseUrl}/Company('${body['$key']}')`
    expect(headers.get('location')).toBe(url)
    expect(body).toEqual({
      $url: url,
      $key: body['$key'],
      $title: 'Gatecom',
      Comp_CompanyId: body['$key'],
      Comp_Name: 'Gatecom',
      Comp_Type: 'Customer',
    })
  })

  it('answers the whole record with returnPartial=false', async () => {
    const { post } = await startCrm()
    const { body } = await post('Company?returnPartial=false', { comp_name: 'Gatecom' })
    expect(body).toMatchObject({
      Comp_Status: 'Active',
      Comp_WebSite: null,
      comp_optout: false,
      Comp_CreatedBy: 1,
    })
    expect(body['Comp_CreatedDate']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('fills in what a new case begins with', async () => {
    const { post } = await startCrm()
    const { body } = await post('Cases?returnPartial=false', { case_description: 'Router is dead' })
    expect(body).toMatchObject({
      Case_Status: 'In Progress',
      Case_Stage: 'Logged',
      Case_Priority: 'Normal',
      Case_ReferenceId: expect.stringMatching(/^1-\d+$/),
    })
    expect(Date.now() - Date.parse(String(body['Case_Opened']))).toBeLessThan(60_000)
  })

  it('gives every case a reference of its own', async () => {
    const { create, find } = await startCrm()
    for (const description of ['a', 'b', 'c']) await create('Cases', { case_description: description })
    const references = (await find('Cases', 'case_caseid gt 0')).map((record) => record['Case_ReferenceId'])
    expect(new Set(references).size).toBe(3)
  })

  it.each([
    ['Company', { comp_name: 'x', comp_nosuch: 'y' }, 'comp_nosuch'],
    ['Company', { comp_type: 'Customer' }, 'Comp_Name is mandatory'],
    ['Company', { comp_name: '   ' }, 'Comp_Name is mandatory'],
    ['Person', { pers_firstname: 'Henry' }, 'Pers_LastName is mandatory'],
    ['Company', { comp_name: 'x'.repeat(61) }, 'Comp_Name must not be longer than 60'],
    ['Cases', { case_customerref: 'x'.repeat(31) }, 'Case_CustomerRef must not be longer than 30'],
    ['Company', { comp_name: 7 }, 'Comp_Name must be text'],
    ['Company', { comp_name: 'x', comp_currencyid: 'euro' }, 'Comp_CurrencyId must be a whole number'],
    ['Cases', { case_opened: '2024-02-30T00:00:00Z' }, 'Case_Opened must be a date'],
    ['Company', { comp_name: 'x', comp_optout: 'perhaps' }, 'comp_optout must be'],
    ['Company', { comp_name: 'x', comp_type: 'Friend' }, 'Comp_Type has no code "Friend"'],
    ['Company', { comp_name: 'x', comp_companyid: 9 }, 'Comp_CompanyId is read-only'],
    ['Company', { comp_name: 'x', comp_createddate: '2024-01-01' }, 'Comp_CreatedDate is read-only'],
    ['Cases', { case_primarycompanyid: 4711 }, 'Case_PrimaryCompanyId names no Company'],
    ['Person', { pers_lastname: 'x', pers_companyid: 4711 }, 'Pers_CompanyId names no Company'],
    ['Cases', ['not an object'], 'JSON object'],
    ['Cases', '{ "case_description": ', 'JSON'],
  ])('of %s is refused with 400: %j', async (resource, body, named) => {
    const { post, get } = await startCrm()
    const answer = await post(resource, body)
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('$diagnoses')])
    expect(JSON.parse(answer.text).$diagnoses[0].$message).toContain(named)
    expect((await get(resource)).body['$totalResults']).toBe(0)
  })

  it('names every wrong field at once', async () => {
    const { post } = await startCrm()
    const { body } = await post('Company', { comp_type: 'Friend', comp_nosuch: 1 })
    expect(body['$diagnoses']).toHaveLength(3)
  })

  it('is refused with 404 for a resource there is not', async () => {
    const { post } = await startCrm()
    expect(await post('Nosuch', {})).toMatchObject({
      status: 404,
      body: { $diagnoses: [{ $sdataCode: 'ResourceKindNotFound' }] },
    })
  })

  it.each([
    [true, true],
    ['Y', true],
    [false, false],
    [null, false],
    ['', false],
  ])('reads the checkbox value %j as %j', async (given, shown) => {
    const { create, get } = await startCrm()
    const id = await create('Company', { comp_name: 'x', comp_optout: given })
    expect((await get(`Company('${id}')`)).body).toMatchObject({ comp_optout: shown })
  })

  it('keeps dates as UTC', async () => {
    const { create, get } = await startCrm()
    const id = await create('Cases', { case_opened: '2017-06-28T01:00:00+02:00', case_closed: '2017-06-28' })
    expect((await get(`Cases('${id}')`)).body).toMatchObject({
      Case_Opened: '2017-06-27T23:00:00Z',
      Case_Closed: '2017-06-28T00:00:00Z',
    })
  })
})

describe('a deep insert', () => {
  it('creates the company with its people, addresses, e-mail addresses and phones', async () => {
    const { create, get, find } = await startCrm()
    const id = await create('Company', FORD)
    const { body } = await get(`Company('${id}')`)
    expect(body).toMatchObject({
      Person: { Pers_LastName: 'Ford', Pers_CompanyId: id },
      Address: { Addr_City: 'Dublin' },
      Email: { Emai_EmailAddress: 'sdata@FordIndustries.com' },
      Phone: { Phon_Number: '34322' },
    })
    expect(body['Comp_PrimaryPersonId']).toBe((body['Person'] as { $key: number }).$key)
    expect(body['Comp_PrimaryAddressId']).toBe((body['Address'] as { $key: number }).$key)
    expect(await find('Person', `pers_companyid eq ${id}`)).toHaveLength(2)
  })

  it('creates nothing at all when one of them is wrong, and names where', async () => {
    const { post, get } = await startCrm()
    const wrong = { ...FORD, phone: [...FORD.phone, { Phon_Number: 'x'.repeat(50) }] }
    const { status, body } = await post('Company', wrong)
    expect(status).toBe(400)
    expect(body['$diagnoses']).toMatchObject([{ $payloadPath: 'phone[2].Phon_Number' }])
    for (const resource of ['Company', 'Person', 'Address', 'Email', 'Phone']) {
      expect([resource, (await get(resource)).body['$totalResults']]).toEqual([resource, 0])
    }
  })

  it('gives a person its e-mail address', async () => {
    const { create, find } = await startCrm()
    const email = { Emai_EmailAddress: 'maeve@example.com', $type: 'Business', $isDefault: true }
    const id = await create('Person', { pers_lastname: 'Murphy', email: [email] })
    expect(await find('vPerson', "pers_emailaddress eq 'MAEVE@example.com'")).toMatchObject([{ $key: id }])
  })
})
