import { describe, expect, it } from 'vitest'
import { type Json, startCrm } from './crm.ts'

describe('a case', () => {
  it('has a reference of its user’s number and a counter', async () => {
    const users = ['admin', 'susan'].map((logon) => ({ logon, password: logon }))
    const { request } = await startCrm({ users })
    const susan = `Basic ${btoa('susan:susan')}`
    const made = async () =>
      (await request('POST', 'Cases?returnPartial=false', { case_description: 'x' }, susan)).body
    const [first, second] = [await made(), await made()]
    expect(first['Case_ReferenceId']).toBe(`2-${first['$key']}`)
    expect(second['Case_ReferenceId']).not.toBe(first['Case_ReferenceId'])
    const given = { case_description: 'x', case_referenceid: '9-9' }
    expect((await request('POST', 'Cases', given)).status).toBe(400)
  })

  it('is under the service level agreement of its company unless it names another', async () => {
    const { create, get } = await startCrm()
    const company = await create('Company', { comp_name: 'x', comp_slaid: 7 })
    const slaOf = async (fields: Json) =>
      (await get(`Cases('${await create('Cases', fields)}')`)).body['case_slaid']
    expect(await slaOf({ case_primarycompanyid: company })).toBe(7)
    expect(await slaOf({ case_primarycompanyid: company, case_slaid: 8 })).toBe(8)
    expect(await slaOf({ case_description: 'of nobody' })).toBeNull()
  })
})

describe('a person', () => {
  it.each([
    ['objects', (one: Json) => one],
    ['arrays', (one: Json) => [one]],
  ])('takes its address, e-mail address and phone as %s', async (_, wrapped) => {
    const { create, get, find } = await startCrm()
    const id = await create('Person', {
      pers_lastname: 'Murphy',
      address: wrapped({ addr_city: 'Cork', $type: 'Home', $isDefault: true }),
      email: wrapped({ emai_emailaddress: 'm@example.com', $type: 'Private' }),
      phone: wrapped({ phon_number: '55', $type: 'Mobile' }),
    })
    const { body } = await get(`Person('${id}')`)
    expect(body).toMatchObject({ Address: { Addr_City: 'Cork' }, Email: {}, Phone: { Phon_Number: '55' } })
    expect(body['Pers_PrimaryAddressId']).toBe((body['Address'] as Json)['$key'])
    expect(await find('Address_Link', `adli_personid eq ${id}`)).toMatchObject([{ AdLi_Type: 'Home' }])
    expect(await find('EmailLink', `elink_entityid eq 13 and elink_recordid eq ${id}`)).toMatchObject([
      { ELink_Type: 'Private' },
    ])
    expect(await find('PhoneLink', `plink_entityid eq 13 and plink_recordid eq ${id}`)).toMatchObject([
      { PLink_Type: 'Mobile' },
    ])
  })
})

describe('a link', () => {
  it('made by itself ties an e-mail address to its owner, the first one as the default', async () => {
    const { create, find } = await startCrm()
    const person = await create('Person', { pers_lastname: 'Murphy' })
    for (const name of ['first', 'second']) {
      const email = await create('Email', { emai_emailaddress: `${name}@example.com` })
      await create('EmailLink', {
        elink_entityid: 13,
        elink_recordid: person,
        elink_emailid: email,
        elink_type: 'Business',
      })
    }
    expect(await find('vPersonPE', `pers_personid eq ${person}`)).toMatchObject([
      { Pers_EmailAddress: 'first@example.com' },
    ])
  })

  it('that is deleted ties nothing any more, and the next one is the default', async () => {
    const { create, find, request } = await startCrm()
    const company = await create('Company', { comp_name: 'x', phone: { phon_number: '1' } })
    const [link] = await find('PhoneLink', `plink_recordid eq ${company}`)
    await request('DELETE', `PhoneLink('${link?.['$key']}')`)
    expect(await find('vCompanyPE', "comp_name eq 'x'")).toMatchObject([{ Comp_PhoneNumber: null }])
    const phone = await create('Phone', { phon_number: '2' })
    await create('PhoneLink', { plink_entityid: 5, plink_recordid: company, plink_phoneid: phone })
    expect(await find('vCompanyPE', "comp_name eq 'x'")).toMatchObject([{ Comp_PhoneNumber: '2' }])
  })

  it('to nothing is refused', async () => {
    const { post } = await startCrm()
    const { status, text } = await post('Comm_Link', { cmli_comm_companyid: 43 })
    expect([status, text]).toEqual([400, expect.stringContaining('CmLi_Comm_CommunicationId is mandatory')])
  })

  it('says whom a communication concerns, and is found by the person', async () => {
    const { create, find } = await startCrm()
    const person = await create('Person', { pers_lastname: 'Murphy' })
    const call = await create('Communication', {
      comm_subject: 'Call',
      comm_type: 'Task',
      comm_action: 'PhoneOut',
    })
    await create('Comm_Link', {
      cmli_comm_communicationid: call,
      cmli_comm_personid: person,
      cmli_comm_userid: 1,
    })
    expect(await find('Comm_Link', `cmli_comm_personid eq ${person}`)).toMatchObject([
      { CmLi_Comm_CommunicationId: call },
    ])
    expect(await find('Communication', `comm_communicationid eq ${call}`)).toMatchObject([
      { Comm_Status: 'Pending', Comm_Priority: 'Normal' },
    ])
  })
})

describe('a field of several codes', () => {
  it.each([
    [['Strategic', 'Training'], ',Strategic,Training,'],
    ['Strategic,Training', ',Strategic,Training,'],
    [',Training,', ',Training,'],
    [[], ''],
    [null, null],
  ])('stores %j as %j', async (given, stored) => {
    const { create, get, find } = await startCrm()
    const id = await create('Project', { proj_name: 'x', proj_tags: given })
    expect((await get(`Project('${id}')`)).body['proj_Tags']).toBe(stored)
    const tagged = await find('Project', "proj_tags like '%,Training,%'")
    expect(tagged).toHaveLength(stored?.includes('Training') ? 1 : 0)
  })

  it.each([[['Strategic', 'Nosuch']], ['Nosuch'], [7], [[7]]])('refuses %j', async (given) => {
    const { post } = await startCrm()
    const { status, text } = await post('Project', { proj_name: 'x', proj_tags: given })
    expect([status, text]).toEqual([400, expect.stringContaining('proj_Tags')])
  })
})

describe('a custom entity', () => {
  it('is served like any other, under its own table id', async () => {
    const { create, get, request, find } = await startCrm()
    const { body } = await get('$prototypes/project')
    expect(body).toMatchObject({ $resourceId: 10240, $resourceKind: 'Project' })
    const id = await create('PROJECT', { proj_name: 'Roll-out' })
    await request('PATCH', `project('${id}')`, { proj_status: 'Running' })
    expect(await find('Project', "proj_status eq 'running'")).toMatchObject([{ proj_Name: 'Roll-out' }])
    expect((await request('DELETE', `project('${id}')`)).status).toBe(200)
    expect((await get(`project('${id}')`)).status).toBe(404)
  })
})

describe('an amount', () => {
  it.each([0, 0.1, -12.5, 1e-7, 19.99, 2 ** 53, 1e17, '12.50'])(
    'of %j comes back as it was',
    async (given) => {
      const { create, get } = await startCrm()
      const id = await create('Opportunity', {
        oppo_description: 'x',
        oppo_forecast: given,
        oppo_forecast_cid: 2,
      })
      expect((await get(`Opportunity('${id}')`)).body).toMatchObject({
        Oppo_Forecast: Number(given),
        Oppo_Forecast_CID: 2,
      })
    },
  )

  it.each(['1e400', 1e19, 'twelve', true, {}, '1,5'])('of %j is refused', async (given) => {
    const { post } = await startCrm()
    const { status, text } = await post('Opportunity', { oppo_description: 'x', oppo_forecast: given })
    expect([status, text]).toEqual([400, expect.stringContaining('Oppo_Forecast')])
  })
})

describe('the echo of a write', () => {
  it('is what was sent, from memory; returnPartial=false is what is stored', async () => {
    const { post, request, get } = await startCrm({ seed: true })
    const line = {
      quit_orderquoteid: 4001,
      quit_opportunityid: 801,
      quit_linetype: 'f',
      quit_description: 'x',
      quit_quantity: 2,
      quit_quotedprice: 5,
    }
    const { body } = await post('QuoteItems', line)
    expect(body).not.toHaveProperty('QuIt_QuotedPriceTotal')
    const path = `QuoteItems('${body['$key']}')`
    const partial = await request('PATCH', path, { quit_quantity: 3 })
    expect(Object.keys(partial.body).filter((name) => !name.startsWith('$'))).toEqual([
      'QuIt_LineItemID',
      'QuIt_Quantity',
    ])
    const whole = await request('PATCH', `${path}?returnPartial=false`, { quit_quantity: 4 })
    expect(whole.body).toMatchObject({ QuIt_Quantity: 4, QuIt_QuotedPriceTotal: 20 })
    expect((await get(path)).body).toMatchObject({ QuIt_QuotedPriceTotal: 20 })
  })
})

describe('the views of sales and service', () => {
  it('vSummaryCase shows the names of a case’s company, person and user', async () => {
    const { find } = await startCrm({ seed: true })
    expect(await find('vSummaryCase', "comp_name eq 'gatecom inc.'")).toMatchObject([
      { Case_CaseId: 1001, Pers_FirstName: 'William', Pers_LastName: 'Agnew', User_Logon: 'tsvoboda' },
    ])
  })

  it('vPersonPE shows a person’s whole name, with or without a first one', async () => {
    const { create, find } = await startCrm()
    await create('Person', { pers_firstname: 'William', pers_lastname: 'Agnew' })
    await create('Person', { pers_lastname: 'Murphy' })
    const found = await find('vPersonPE', "pers_fullname like '%'")
    expect(found.map((person) => person['Pers_FullName'])).toEqual(['William Agnew', 'Murphy'])
  })

  it.each(['vPersonPE', 'vCompanyPE', 'vSummaryCase', 'vAddressCompany', 'vNewProductPriceList'])(
    '%s is read-only',
    async (view) => {
      const { post, get, request } = await startCrm({ seed: true })
      const [first] = (await get(`${view}?count=1`)).body['$resources'] as Json[]
      const path = `${view}('${first?.['$key']}')`
      expect((await get(path)).status).toBe(200)
      const writes = [await post(view, {}), await request('PUT', path, {}), await request('DELETE', path)]
      expect(writes.map(({ status }) => status)).toEqual([405, 405, 405])
    },
  )
})

describe('Quick Find', () => {
  const path = (query: string) => `../$service/quickFind/getResults?${query}`

  it('finds titles that contain the words, of all entities or of one', async () => {
    const { get } = await startCrm({ seed: true })
    const kinds = async (query: string) => {
      const { body } = await get(path(query))
      return (body['$resources'] as Json[]).map((one) => [one['$resourceKind'], one['$title']])
    }
    expect(await kinds('query=clinic&entity=Company')).toEqual([['Company', 'Pinewood Clinics']])
    expect(await kinds('query=eurolandia&entity=Company')).toEqual([['Company', 'Eurolandia Travel']])
    expect((await kinds('query=CLINIC')).map(([kind]) => kind)).toEqual(['Company', 'Opportunity', 'Orders'])
    expect(await kinds('query=roll-out&entity=Project')).toEqual([['Project', 'Branch roll-out']])
    expect(await kinds('query=nothing%20of%20the%20kind')).toEqual([])
  })

  it.each([
    ['entity=Company', 'query'],
    ['query=x&entity=company', 'entity'],
    ['query=x&entity=vPerson', 'entity'],
  ])('refuses %s and names the parameter', async (query, named) => {
    const { get } = await startCrm()
    const { status, text } = await get(path(query))
    expect([status, text]).toEqual([400, expect.stringContaining(named)])
  })
})
