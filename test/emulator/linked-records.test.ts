import { describe, expect, it } from 'vitest'
import { startCrm } from './crm.ts'

const MURPHY = { pers_lastname: 'Murphy' }

describe('of several children', () => {
  it('the first is the default when none says so', async () => {
    const { create, get } = await startCrm()
    const people = [{ pers_lastname: 'First' }, { pers_lastname: 'Second' }]
    const id = await create('Company', { comp_name: 'x', person: people })
    expect((await get(`Company('${id}')`)).body).toMatchObject({ Person: { Pers_LastName: 'First' } })
  })

  it('the first that says so is the default when several do', async () => {
    const { create, find } = await startCrm()
    const email = ['a', 'b', 'c'].map((name, index) => ({
      Emai_EmailAddress: `${name}@example.com`,
      $isDefault: index > 0,
    }))
    await create('Person', { ...MURPHY, email })
    expect(await find('vPerson', 'pers_personid gt 0')).toMatchObject([
      { Pers_EmailAddress: 'b@example.com' },
    ])
  })

  it('the fax is shown as fax, whichever is the default', async () => {
    const { create, find } = await startCrm()
    const phone = [
      { Phon_Number: '1', $type: 'Business', $isDefault: true },
      { Phon_Number: '2', $type: 'Fax' },
      { Phon_Number: '3', $type: 'Fax' },
    ]
    await create('Company', { comp_name: 'x', phone })
    expect(await find('vCompany', "comp_name eq 'x'")).toMatchObject([
      { Comp_PhoneNumber: '1', Comp_FaxNumber: '2' },
    ])
  })

  it('children of children are created too', async () => {
    const { create, find } = await startCrm()
    const person = { ...MURPHY, email: { Emai_EmailAddress: 'maeve@example.com' } }
    const id = await create('Company', { comp_name: 'x', person })
    expect(await find('vPerson', "pers_emailaddress eq 'maeve@example.com'")).toMatchObject([
      { Pers_CompanyId: id, Comp_Name: 'x' },
    ])
  })

  it.each([
    [{ person: 'Murphy' }, 'person'],
    [{ person: [MURPHY, null] }, 'person'],
    [{ person: MURPHY, Person: MURPHY }, 'Person'],
    [{ person: { ...MURPHY, pers_nosuch: 1 } }, 'person[0].pers_nosuch'],
    [{ person: { ...MURPHY, email: [{ emai_nosuch: 1 }] } }, 'person[0].email[0].emai_nosuch'],
  ])('%j are refused with 400 naming where', async (children, where) => {
    const { post, get } = await startCrm()
    const { status, body } = await post('Company', { comp_name: 'x', ...children })
    expect([status, body['$diagnoses']]).toMatchObject([400, [{ $payloadPath: where }]])
    expect((await get('Company')).body['$totalResults']).toBe(0)
  })

  it('an update cannot bring new ones', async () => {
    const { create, request } = await startCrm()
    const id = await create('Company', { comp_name: 'x' })
    expect(await request('PATCH', `Company('${id}')`, { person: MURPHY })).toMatchObject({ status: 400 })
  })
})

describe('an entry', () => {
  it.each([
    ['Company', { comp_name: 'x' }],
    ['Person', MURPHY],
  ])('of %s shows its own notes and no others', async (resource, body) => {
    const { create, get } = await startCrm()
    const ids = [await create(resource, body), await create(resource, body)] as const
    const table = (await get(`$prototypes/${resource}`)).body['$resourceId']
    for (const id of ids)
      await create('Notes', { note_note: `of ${id}`, note_foreigntableid: table, note_foreignid: id })
    await create('Notes', { note_note: 'of a case', note_foreigntableid: 3, note_foreignid: ids[0] })
    await create('Notes', {
      note_note: 'of a custom entity',
      note_foreigntableid: 10240,
      note_foreignid: ids[0],
    })
    const { Notes } = (await get(`${resource}('${ids[0]}')`)).body as { Notes: { $resources: object[] } }
    expect(Notes.$resources).toMatchObject([{ Note_Note: `of ${ids[0]}` }])
  })

  it('no longer shows a note or an e-mail address that was deleted', async () => {
    const { create, get, request } = await startCrm()
    const id = await create('Company', { comp_name: 'x', email: { Emai_EmailAddress: 'x@example.com' } })
    const note = await create('Notes', { note_note: 'n', note_foreigntableid: 5, note_foreignid: id })
    const { body: before } = await get(`Company('${id}')`)
    await request('DELETE', `Notes('${note}')`)
    await request('DELETE', `Email('${(before['Email'] as { $key: number }).$key}')`)
    const { body: after } = await get(`Company('${id}')`)
    expect(after).not.toHaveProperty('Email')
    expect(after['Notes']).toEqual({ $resources: [] })
  })

  it('is not chosen by a selector that several records satisfy, or none', async () => {
    const { create, get, request } = await startCrm()
    for (const name of ['a', 'b']) await create('Company', { comp_name: name, comp_website: 'same.example' })
    const several = `Company(${encodeURIComponent("comp_website eq 'same.example'")})`
    expect(await get(several)).toMatchObject({ status: 400, text: expect.stringContaining('2 records') })
    expect((await request('DELETE', several)).status).toBe(400)
    expect((await get(`Company(${encodeURIComponent("comp_name eq 'c'")})`)).status).toBe(404)
    expect((await get('Company')).body['$totalResults']).toBe(2)
  })
})

describe('a body', () => {
  it.each(['__proto__', 'constructor', 'toString'])(
    'with the key %s is refused, and nothing is polluted',
    async (key) => {
      const { post } = await startCrm()
      const { status, body } = await post('Company', `{"comp_name":"x","${key}":{"polluted":true}}`)
      expect([status, body['$diagnoses']]).toMatchObject([400, [{ $payloadPath: key }]])
      expect({}).not.toHaveProperty('polluted')
    },
  )
})

describe('the users', () => {
  it('are read but not written', async () => {
    const { find, post, request } = await startCrm()
    expect(await find('Users', "user_logon eq 'admin'")).toMatchObject([{ $key: 1 }])
    const change = { user_lastname: 'x' }
    const answers = [await post('Users', change), await request('PATCH', "Users('1')", change)]
    expect(answers.map(({ status }) => status)).toEqual([405, 405])
  })
})

describe('a request that would take longer than the longest', () => {
  it('is reset with nothing committed', async () => {
    const { control, post, get } = await startCrm({ longestRequestMs: 60 })
    await control('POST', 'faults', { method: 'POST', fault: { kind: 'latency', ms: 5000 } })
    await expect(post('Company', { comp_name: 'x' })).rejects.toThrow('fetch failed')
    expect((await get('Company')).body['$totalResults']).toBe(0)
  })
})

describe('closing', () => {
  it('breaks off what hangs at once, and may be asked for twice', async () => {
    const { control, post, emulator } = await startCrm({ longestRequestMs: 60_000 })
    await control('POST', 'faults', { method: 'POST', fault: { kind: 'hang' } })
    const hanging = expect(post('Company', { comp_name: 'x' })).rejects.toThrow('fetch failed')
    while (((await control('GET', 'stats')).body['concurrency'] as number) < 1);
    await Promise.all([emulator.close(), emulator.close(), hanging])
    await expect(fetch(emulator.origin)).rejects.toThrow('fetch failed')
  })
})
