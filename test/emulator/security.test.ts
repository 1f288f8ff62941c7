import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../emulator/server.ts'
import { basic, type Json, startCrm } from './crm.ts'

const SUSAN = basic('susan', 's')
const users = [
  { logon: 'admin', password: 'admin' },
  { logon: 'susan', password: 's' },
]
const [EUROPE, AMERICAS] = [-2130706423, -2113929206]

/** A CRM in which susan may do what `access` says. */
async function crmWith(access: Json, options: EmulatorOptions = {}) {
  const crm = await startCrm({ users, ...options })
  expect((await crm.control('POST', 'users/susan', { access })).status).toBe(200)
  const susan = (method: string, path: string, body?: unknown) => crm.request(method, path, body, SUSAN)
  return { ...crm, susan }
}

describe('field security', () => {
  it('leaves hidden fields out of entries, feeds, views, prototypes and searches, for this user alone', async () => {
    const { create, get, susan } = await crmWith({ hidden: ['comp_website'] })
    const id = await create('Company', { comp_name: 'x', comp_website: 'secret.example' })
    const path = `Company('${id}')`
    expect((await get(path)).body).toHaveProperty('Comp_WebSite')
    expect((await susan('GET', path)).body).not.toHaveProperty('Comp_WebSite')
    for (const resource of ['Company', 'vCompany'])
      expect((await susan('GET', resource)).text).not.toMatch(/Comp_WebSite/i)
    expect((await susan('GET', '$prototypes/Company')).text).not.toContain('Comp_WebSite')
    for (const query of ["where=comp_website%20like%20'%25'", 'select=comp_website'])
      expect([query, (await susan('GET', `Company?${query}`)).status]).toEqual([query, 400])
  })

  it('does not let a release that can order do so by a hidden field', async () => {
    const { susan } = await crmWith({ hidden: ['comp_website'] }, { dialect: '2024R2' })
    expect((await susan('GET', 'Company?orderBy=comp_website')).status).toBe(400)
  })

  it('refuses hidden and read-only fields on write, and names them', async () => {
    const { create, get, susan } = await crmWith({ hidden: ['comp_website'], readOnly: ['Comp_Type'] })
    const path = `Company('${await create('Company', { comp_name: 'x', comp_type: 'Customer' })}')`
    for (const field of ['comp_website', 'comp_type']) {
      const { status, text } = await susan('PATCH', path, { [field]: 'Prospect' })
      expect([status, text.toLowerCase()]).toEqual([400, expect.stringContaining(field)])
      expect((await susan('POST', 'Company', { comp_name: 'y', [field]: 'Prospect' })).status).toBe(400)
    }
    expect((await get(path)).body).toMatchObject({ Comp_Type: 'Customer' })
    const { body } = await susan('GET', '$prototypes/Company')
    expect(body['$properties']).toMatchObject({ Comp_Type: { $isReadOnly: true } })
    expect((await susan('PATCH', path, { comp_name: 'z' })).status).toBe(200)
  })

  it('holds inside a deep insert and inside linked records', async () => {
    const { create, susan } = await crmWith({ hidden: ['pers_title'] })
    const person = { pers_lastname: 'Murphy', pers_title: 'CEO' }
    const id = await create('Company', { comp_name: 'x', person })
    expect((await susan('GET', `Company('${id}')`)).text).not.toContain('Pers_Title"')
    expect((await susan('POST', 'Company', { comp_name: 'y', person })).status).toBe(400)
  })
})

describe('row security', () => {
  async function crmOfEurope(options: EmulatorOptions = {}) {
    const crm = await crmWith({ territories: [EUROPE] }, options)
    const make = (name: string, territory: number) =>
      crm.create('Company', {
        comp_name: name,
        comp_secterr: territory,
        person: { pers_lastname: 'p', pers_secterr: territory },
      })
    return { ...crm, here: await make('here', EUROPE), there: await make('there', AMERICAS) }
  }

  it('shows the records of the user’s territories, in feeds, counts and Quick Find', async () => {
    const { susan, get, here } = await crmOfEurope()
    expect((await get('Company')).body['$totalResults']).toBe(2)
    expect((await susan('GET', 'Company')).body).toMatchObject({
      $totalResults: 1,
      $resources: [{ $key: here }],
    })
    const found = await susan('GET', '../$service/quickFind/getResults?query=here&entity=Company')
    expect(found.body['$resources']).toMatchObject([{ $key: here }])
  })

  it.each([404, 403] as const)('answers %i for the others, whatever is asked of them', async (status) => {
    const { susan, get, there } = await crmOfEurope({ switches: { securedRecords: status } })
    const path = `Company('${there}')`
    const answers = [
      await susan('GET', path),
      await susan('PATCH', path, { comp_name: 'x' }),
      await susan('DELETE', path),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status])
    expect((await get(path)).body).toMatchObject({ Comp_Name: 'there' })
  })

  it('keeps them out of the entries that link to them', async () => {
    const { susan, create, there } = await crmOfEurope()
    const id = await create('Cases', {
      case_description: 'x',
      case_primarycompanyid: there,
      case_secterr: EUROPE,
    })
    const { body } = await susan('GET', `Cases('${id}')`)
    expect([body['Case_PrimaryCompanyId'], body['Company']]).toEqual([there, undefined])
  })

  it('lets users see what they made themselves', async () => {
    const { susan } = await crmOfEurope()
    const { status, body } = await susan('POST', 'Company', { comp_name: 'mine', comp_secterr: AMERICAS })
    expect([status, (await susan('GET', `Company('${body['$key']}')`)).status]).toEqual([201, 200])
  })
})

describe('an account', () => {
  it.each(['disabled', 'resource'])(
    'that is %s is refused with the right password, until it is not',
    async (state) => {
      const { get, control } = await startCrm()
      await control('POST', 'users/admin', { [state]: true })
      const { status, text } = await get('Company')
      expect([status, text]).toEqual([401, expect.stringContaining(state)])
      await control('POST', 'users/admin', { [state]: false })
      expect((await get('Company')).status).toBe(200)
    },
  )

  it('is not locked where wrong passwords do not lock', async () => {
    const { request, get } = await startCrm({ switches: { lockOut: 'off' } })
    for (let tries = 0; tries < 9; tries += 1)
      await request('GET', 'Company', undefined, basic('admin', 'guess'))
    expect((await get('Company')).status).toBe(200)
  })
})

describe('a session', () => {
  it('stands for its user, without a password, until it is over', async () => {
    const { control, request } = await startCrm({ users })
    const { body } = await control('POST', 'sessions/susan')
    const path = `Company?returnPartial=false&SID=${body['sid']}`
    const created = await request('POST', path, { comp_name: 'x' }, '')
    expect([created.status, created.body['Comp_CreatedBy']]).toEqual([201, 2])
    expect((await request('GET', `Company?sid=${body['sid']}`, undefined, '')).status).toBe(200)
    await control('DELETE', 'sessions')
    expect((await request('GET', `Company?SID=${body['sid']}`, undefined, '')).status).toBe(401)
  })

  it('that is not there is refused, even beside a right password', async () => {
    const { get, control } = await startCrm()
    const { status, text } = await get('Company?SID=123')
    expect([status, text]).toEqual([401, expect.stringContaining('session')])
    expect((await control('POST', 'sessions/nobody')).status).toBe(404)
  })
})
