import { describe, expect, it, onTestFinished } from 'vitest'
import { type DialectName, dialects } from '../../emulator/dialects.ts'
import { startEmulator } from '../../emulator/server.ts'
import { type CrmClientOptions, createCrmClient } from '../../lib/crm/client.ts'
import { CrmCredentialsError, CrmNotFoundError } from '../../lib/crm/errors.ts'
import { snapshotText } from '../../lib/crm/prototypes/pull.ts'
import { ENTITY_NAMES, loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { breakCrm } from '../support/crm.ts'
import { crmAt, type UncheckedCrm } from './company.ts'

const USER = { logon: 'test', password: 'test' }

async function crmOf(dialect: DialectName = '2022R2', options: Partial<CrmClientOptions> = {}) {
  const emulator = await startEmulator({ users: [USER], dialect })
  const crm: UncheckedCrm = createCrmClient({
    baseUrl: emulator.baseUrl,
    credentials: { user: USER.logon, password: USER.password },
    requestTimeoutMs: 5_000,
    entities: loadEntity,
    ...options,
  })
  onTestFinished(async () => {
    crm.close()
    await emulator.close()
  })
  return { emulator, crm }
}

const NAMES = ["O'Brien & Söhne", '50% _off_ [VIP]', 'Ünïcödé 🚲', '-- drop', 'a + b = "c"']

describe.each(Object.keys(dialects) as DialectName[])('an emulated CRM of the dialect %s', (dialect) => {
  it('creates, finds, changes and deletes a record', async () => {
    const { crm } = await crmOf(dialect)
    const company = crm.entity('Company')
    const { key } = await company.create({ comp_name: 'Acme', comp_website: 'https://acme.example.com' })
    await company.update(key, { COMP_NAME: 'Apex' })
    const row = await company.get(key)
    expect([row.key, row.get('Comp_Name'), row.get('comp_website')]).toEqual([
      key,
      'Apex',
      'https://acme.example.com',
    ])
    await company.delete(key)
    await expect(company.get(key)).rejects.toThrow(CrmNotFoundError)
    expect(await company.find({ op: 'eq', field: 'comp_name', value: 'Apex' })).toMatchObject({ rows: [] })
  })

  it('finds each of some awkward names, and only that', async () => {
    const company = (await crmOf(dialect)).crm.entity('Company')
    for (const name of NAMES) {
      const { key } = await company.create({ comp_name: name })
      const { rows: found } = await company.find({ op: 'eq', field: 'comp_name', value: name })
      expect(found.map((row) => [row.key, row.get('comp_name')])).toEqual([[key, name]])
      const { rows: like } = await company.find({
        op: 'like',
        field: 'comp_name',
        value: name,
        at: 'anywhere',
      })
      expect(like.map((row) => row.key)).toContain(key)
    }
  })

  it('creates a person with its e-mail address in one request and finds it through the view', async () => {
    const { crm } = await crmOf(dialect)
    const email = { type: 'Business', isDefault: true, fields: { emai_emailaddress: 'a@example.com' } }
    const phone = { type: 'Business', fields: { phon_number: '34322' } }
    const { key } = await crm
      .entity('Person')
      .create({ pers_lastname: 'Ford' }, { email: [email], phone: [phone] })
    const { rows: found } = await crm
      .entity('vPerson')
      .find({ op: 'eq', field: 'Pers_EmailAddress', value: 'a@example.com' })
    expect(found.map((row) => String(row.get('pers_personid')))).toEqual([key])
    const [linked] = (await crm.entity('Person').get(key)).linked('email')
    expect(linked?.get('emai_emailaddress')).toBe('a@example.com')
  })
})

it('walks more than one page and takes each record once', async () => {
  const company = (await crmOf()).crm.entity('Company')
  const names = Array.from({ length: 120 }, (_, index) => `Acme ${index}`)
  const created = await Promise.all(names.map((comp_name) => company.create({ comp_name })))
  const { rows: found } = await company.find({ op: 'like', field: 'comp_name', value: 'Acme', at: 'start' })
  expect(new Set(found.map(({ key }) => key))).toEqual(new Set(created.map(({ key }) => key)))
  expect(found).toHaveLength(120)
})

it('the snapshot is what the emulator serves', async () => {
  const { crm } = await crmOf()
  for (const name of ENTITY_NAMES) {
    const { entity, warnings } = await crm.prototype(name)
    expect(warnings).toEqual([])
    expect(snapshotText(entity)).toBe(snapshotText(await loadEntity(name)))
  }
  expect(await crm.resources()).toEqual(expect.arrayContaining([...ENTITY_NAMES]))
})

it('a wrong password is known by the first request', async () => {
  const { crm } = await crmOf('2022R2', { credentials: { user: USER.logon, password: 'wrong' } })
  await expect(crm.ping()).rejects.toThrow(CrmCredentialsError)
})

it('a right one is, too', async () => {
  const { crm } = await crmOf()
  await expect(crm.ping()).resolves.toBeUndefined()
})

it('a write that broke off after it was committed is unclear, and there', async () => {
  const { emulator, crm } = await crmOf()
  const fault = { kind: 'reset', when: 'after-commit' }
  await breakCrm(emulator, { method: 'POST', resource: 'Company', fault })
  const company = crm.entity('Company')
  await expect(company.create({ comp_name: 'Acme' })).rejects.toMatchObject({ committed: 'perhaps' })
  const { rows: found } = await company.find({ op: 'eq', field: 'comp_name', value: 'Acme' })
  expect(found).toHaveLength(1)
})

it('a custom entity is an entity like any other, by the prototype that the CRM gives', async () => {
  const { crm } = await crmOf('2022R2', { entities: (name) => entities(name) })
  const entities = async (name: string) => (await crm.prototype(name)).entity
  const project = crm.entity('Project')
  const { key } = await project.create({ proj_name: "Harbour's edge" })
  const { rows } = await project.find({ op: 'eq', field: 'proj_name', value: "Harbour's edge" })
  expect(rows.map((row) => row.key)).toEqual([key])
  await project.update(key, { proj_name: 'Quay' })
  expect((await project.get(key)).get('PROJ_NAME')).toBe('Quay')
  await project.delete(key)
  await expect(project.get(key)).rejects.toThrow(CrmNotFoundError)
})

it('the session of a browser stands in for a logon as long as it lasts', async () => {
  const { emulator } = await crmOf()
  const session = await fetch(`${emulator.controlUrl}/sessions/${USER.logon}`, { method: 'POST' })
  const { sid } = (await session.json()) as { sid: string }
  const crm = crmAt(emulator.baseUrl, { credentials: { sid }, entities: loadEntity })
  const { key } = await crm.entity('Company').create({ comp_name: 'Acme' })
  expect((await crm.entity('Company').get(key)).get('comp_name')).toBe('Acme')
  expect((await crm.quickFind('acme')).map((hit) => hit.key)).toEqual([key])
  await fetch(`${emulator.controlUrl}/sessions`, { method: 'DELETE' })
  await expect(crm.ping()).rejects.toThrow(CrmCredentialsError)
})
