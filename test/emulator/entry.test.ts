import { describe, expect, it } from 'vitest'
import { startCrm } from './crm.ts'

async function crmWithCase() {
  const crm = await startCrm()
  const company = await crm.create('Company', { comp_name: 'Gatecom' })
  const person = await crm.create('Person', { pers_lastname: 'Murphy', pers_companyid: company })
  const record = await crm.create('Cases', { case_primarycompanyid: company, case_primarypersonid: person })
  return { ...crm, company, person, record, path: `Cases('${record}')` }
}

describe('an entry', () => {
  it('shows its address, key, title and fields in their stored casing', async () => {
    const { get, create, emulator } = await startCrm()
    const id = await create('person', {
      pers_firstname: 'Maeve',
      pers_lastname: 'Murphy',
      PERS_WEBSITE: 'a.example',
    })
    expect((await get(`PERSON('${id}')`)).body).toMatchObject({
      $url: `${emulator.baseUrl}/Person('${id}')`,
      $key: id,
      $title: 'Maeve Murphy',
      Pers_FirstName: 'Maeve',
      pers_Website: 'a.example',
    })
  })

  it('shows the company and the person of a case inside it, and its notes', async () => {
    const { get, create, company, person, record, path } = await crmWithCase()
    const { body: prototype } = await get('$prototypes/Cases')
    const note = {
      Note_ForeignTableId: prototype['$resourceId'],
      Note_ForeignId: record,
      Note_Note: 'Called back',
    }
    await create('Notes', note)
    await create('Notes', { ...note, Note_ForeignId: record + 1 })
    expect((await get(path)).body).toMatchObject({
      Company: { $key: company, Comp_Name: 'Gatecom' },
      Person: { $key: person, Pers_LastName: 'Murphy' },
      Notes: { $resources: [{ Note_Note: 'Called back' }] },
    })
  })

  it('shows only what select names', async () => {
    const { get, path, record } = await crmWithCase()
    const { body } = await get(`${path}?select=case_status`)
    expect(Object.keys(body)).toEqual(['$url', '$key', '$title', 'Case_Status'])
    expect(body['$key']).toBe(record)
  })

  it('is also found by a selector', async () => {
    const { get, record } = await crmWithCase()
    const selector = encodeURIComponent(`case_caseid eq '${record}'`)
    expect((await get(`Cases(${selector})`)).body['$key']).toBe(record)
  })

  it('is found behind doubled slashes', async () => {
    const { get, path, record } = await crmWithCase()
    expect((await get(`/${path}`)).body['$key']).toBe(record)
  })

  it.each(["Cases('99999')", "Cases('abc')", "Cases('')", "Nosuch('1')"])(
    'is a 404 with diagnoses at %s',
    async (path) => {
      const { get } = await startCrm()
      expect(await get(path)).toMatchObject({ status: 404, body: { $diagnoses: [{ $severity: 'error' }] } })
    },
  )
})

describe('an update', () => {
  it.each(['PUT', 'PATCH'])(
    'by %s changes what it names, clears what is null and leaves the rest',
    async (verb) => {
      const { request, get, create } = await startCrm()
      const id = await create('Company', {
        comp_name: 'Gatecom',
        comp_type: 'Customer',
        comp_website: 'a.example',
      })
      const path = `company('${id}')`
      const { status, body } = await request(verb, path, { $key: id, COMP_WEBSITE: null, comp_source: 'Web' })
      expect(status).toBe(200)
      expect(body).toMatchObject({ $key: id, Comp_WebSite: null, Comp_Source: 'Web' })
      expect(body).not.toHaveProperty('Comp_Type')
      expect((await get(path)).body).toMatchObject({
        Comp_Name: 'Gatecom',
        Comp_Type: 'Customer',
        Comp_WebSite: null,
        Comp_Source: 'Web',
      })
    },
  )

  it('answers the whole record with returnPartial=false', async () => {
    const { request, path } = await crmWithCase()
    const { body } = await request('PATCH', `${path}?returnpartial=FALSE`, { case_stage: 'Queued' })
    expect(body).toMatchObject({ Case_Stage: 'Queued', Case_Status: 'In Progress' })
  })

  it.each([
    [{ case_stage: 'Sleeping' }, 'Case_Stage'],
    [{ case_referenceid: '1-1' }, 'Case_ReferenceId'],
    [{ case_primarypersonid: 4711 }, 'Case_PrimaryPersonId'],
    [{ nosuch: 1 }, 'nosuch'],
  ])('with %j is refused and changes nothing', async (body, named) => {
    const { request, get, path } = await crmWithCase()
    const before = (await get(path)).text
    const answer = await request('PATCH', path, { case_description: 'changed', ...body })
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(named)])
    expect((await get(path)).text).toBe(before)
  })

  it('cannot clear a mandatory field', async () => {
    const { request, company } = await crmWithCase()
    expect((await request('PATCH', `Company('${company}')`, { comp_name: null })).status).toBe(400)
  })

  it('is a 404 for a record there is not', async () => {
    const { request } = await startCrm()
    expect((await request('PATCH', "Cases('77')", { case_stage: 'Queued' })).status).toBe(404)
  })
})

describe('a delete', () => {
  it('answers nothing, and the record is gone from entries, feeds and foreign keys', async () => {
    const { request, get, find, post, company, path } = await crmWithCase()
    expect(await request('DELETE', `Company('${company}')`)).toMatchObject({ status: 200, text: '' })
    expect((await get(`Company('${company}')`)).status).toBe(404)
    expect((await request('DELETE', `Company('${company}')`)).status).toBe(404)
    expect(await find('Company', `comp_companyid eq ${company}`)).toEqual([])
    expect((await get(path)).body).not.toHaveProperty('Company')
    expect((await post('Cases', { case_primarycompanyid: company })).status).toBe(400)
  })

  it('never gives its id away again', async () => {
    const { request, create } = await startCrm()
    const first = await create('Company', { comp_name: 'one' })
    await request('DELETE', `Company('${first}')`)
    expect(await create('Company', { comp_name: 'two' })).toBe(first + 1)
  })
})
