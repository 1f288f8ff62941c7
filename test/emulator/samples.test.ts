import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Json, startCrm } from './crm.ts'

const FOLDER = path.join(import.meta.dirname, '../fixtures/sagecrm')

async function sample(name: string): Promise<Json> {
  return JSON.parse(await readFile(path.join(FOLDER, `${name}.json`), 'utf8')) as Json
}

/** The ids in a sample are those of another installation; here they are these. */
function withIds(body: Json, ids: Json): Json {
  return { ...body, ...ids }
}

/** Not every column is stored in the letter case in which others have it. */
function lowerCase(record: Json): Json {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]))
}

describe('a body from the outside world is taken as it is:', () => {
  it('a company with its people, addresses, e-mail address and phones', async () => {
    const { create, get, find } = await startCrm()
    const id = await create('company', await sample('company-deep-insert'))
    expect((await get(`Company('${id}')`)).body).toMatchObject({
      Person: { Pers_FirstName: 'Henry' },
      Address: { addr_address1: 'here', Addr_City: 'Dublin' },
      Email: { Emai_EmailAddress: 'sdata@FordIndustries.com' },
      Phone: { Phon_Number: '34322' },
    })
    expect(
      await find('vAddressCompany', `adli_companyid eq ${id} and adli_type eq 'shipping'`),
    ).toMatchObject([{ Addr_City: 'Cork' }])
    const links = await find('PhoneLink', `plink_recordid eq ${id} and plink_entityid eq 5`)
    expect(links.map((link) => link['PLink_Type'])).toEqual(['Business', 'ISDN', 'Fax'])
  })

  it('a person in the casing of its columns, with nulls, empty text and a negative territory', async () => {
    const { create, get } = await startCrm()
    const company = await create('Company', { comp_name: 'x', address: { Addr_City: 'Cork' } })
    const address = (await get(`Company('${company}')`)).body['Comp_PrimaryAddressId']
    const body = withIds(await sample('person'), { Pers_CompanyId: company, Pers_PrimaryAddressId: address })
    const answer = (await get(`Person('${await create('Person', body)}')`)).body
    expect(lowerCase(answer)).toMatchObject(lowerCase(body))
  })

  it('an opportunity with its totals, where read-only fields are passed over', async () => {
    const { create, get } = await startCrm({ seed: true, switches: { readOnlyFields: 'ignored' } })
    await create('Custom_Captions', { capt_family: 'Comp_Source', capt_code: 'Letter', capt_us: 'Letter' })
    const ids = { Oppo_PrimaryCompanyId: 43, Oppo_PrimaryPersonId: 158 }
    const body = withIds(await sample('opportunity'), ids)
    const answer = (await get(`Opportunity('${await create('Opportunity', body)}')`)).body
    const written = Object.entries(body).filter(([name]) => !/^oppo_(total|nodisc)/i.test(name))
    expect(lowerCase(answer)).toMatchObject(lowerCase(Object.fromEntries(written)))
    expect(answer).toMatchObject({ oppo_totalQuotes: null, oppo_TotalOrders: null })
  })

  it('a lead of five fields, in mixed letter case', async () => {
    const { create, get } = await startCrm()
    const id = await create('Lead', await sample('lead'))
    expect((await get(`Lead('${id}')`)).body).toMatchObject({
      Lead_CompanyName: 'ThisLeadCompany',
      Lead_PersonEmail: 'contact@company.com',
      lead_description: 'new Lead',
      Lead_Status: 'In Progress',
    })
  })

  it('a change of a note that carries its own key', async () => {
    const { create, request, get } = await startCrm({ seed: true })
    const id = await create('Notes', { note_note: 'first', note_foreigntableid: 5, note_foreignid: 43 })
    const body = withIds(await sample('note-change'), { $key: id })
    const answer = await request('PATCH', `Notes('${id}')`, body)
    expect([answer.status, answer.body]).toMatchObject([200, { $key: id, Note_Note: body['Note_Note'] }])
    expect((await get(`Notes('${id}')`)).body).toMatchObject({ Note_ForeignId: 28 })
  })

  it('a record of a custom entity, and a note that names it by its table id', async () => {
    const { create, get, request } = await startCrm({ seed: true })
    const { project, notes } = (await sample('custom-entity-and-note')) as Record<string, Json>
    const ids = { proj_CompanyId: 43, proj_PersonId: 158 }
    const id = await create('project', withIds(project ?? {}, ids))
    await create('notes', withIds(notes ?? {}, { Note_ForeignId: id }))
    expect((await get(`project('${id}')`)).body).toMatchObject({
      proj_Name: 'testy',
      Company: { Comp_Name: 'Gatecom Inc.' },
      Notes: { $resources: [{ Note_Note: 'Main focus: modem manufacturing and sales.' }] },
    })
    expect((await request('PUT', `project('${id}')`, { proj_name: 'renamed' })).status).toBe(200)
  })
})
