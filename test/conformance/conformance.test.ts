import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CrmNotFoundError, CrmRejectedError } from '../../lib/crm/errors.ts'
import type { Row } from '../../lib/crm/row.ts'
import type { Expression } from '../../lib/crm/where.ts'
import { type ConformingCrm, type Connection, targets } from './targets.ts'

const MINUTE_MS = 60_000

/** What the client promises, whatever Sage CRM is at the other end. */
describe.each(targets())('$name', ({ connect, writable, switches }) => {
  let connection: Connection
  let crm: ConformingCrm
  const made: { entity: string; key: string }[] = []

  beforeAll(async () => {
    connection = await connect()
    crm = connection.crm
  })

  afterAll(async () => {
    for (const { entity, key } of made.toReversed()) await crm.entity(entity).delete(key)
    await connection.close()
  })

  /** Creates a company that goes when the suite ends. Its name ends with something nobody else has. */
  async function makeCompany(
    start: string,
    more: Record<string, string | boolean | null> = {},
  ): Promise<Row> {
    const row = await crm
      .entity('Company')
      .create({ comp_name: `${start} ${randomUUID().slice(0, 8)}`, ...more })
    made.push({ entity: 'Company', key: row.key })
    return row
  }

  async function namesOf(where: Expression): Promise<string[]> {
    const { rows } = await crm.entity('Company').find(where)
    return rows.map((row) => String(row.get('comp_name'))).toSorted()
  }

  it('answers with the credentials it was given', async () => {
    await expect(crm.ping()).resolves.toBeUndefined()
  })

  it('names its resources, and describes the fields of each that the project uses', async () => {
    const resources = (await crm.resources()).map((name) => name.toLowerCase())
    expect(resources).toEqual(
      expect.arrayContaining(['company', 'person', 'cases', 'address', 'phone', 'email']),
    )
    const { entity, warnings } = await crm.prototype('Cases')
    const names = entity.fields.map(({ name }) => name.toLowerCase())
    expect(names).toEqual(expect.arrayContaining(['case_caseid', 'case_description', 'case_customerref']))
    expect([entity.idField?.toLowerCase(), warnings]).toEqual(['case_caseid', []])
  })

  it('gives a feed of records with a key each, and the record of a key', async () => {
    const { rows } = await crm.entity('Company').feed({ count: 3 })
    const [first] = rows
    expect(first?.key).toMatch(/^\d+$/)
    const row = await crm.entity('Company').get(first?.key ?? '')
    expect([row.key, String(row.get('COMP_COMPANYID'))]).toEqual([first?.key, first?.key])
    expect(typeof row.get('comp_name')).toBe('string')
  })

  it('gives one record by a condition in its address', async () => {
    const { rows } = await crm.entity('Company').feed({ count: 1 })
    const key = rows[0]?.key ?? ''
    const row = await crm.entity('Company').select({ op: 'eq', field: 'comp_companyid', value: key })
    expect(row.key).toBe(key)
  })

  it('gives a record whatever the letter case of its resource', async () => {
    const { rows } = await crm.entity('Company').feed({ count: 1 })
    const key = rows[0]?.key ?? ''
    for (const name of ['company', 'COMPANY']) expect((await crm.entity(name).get(key)).key).toBe(key)
  })

  it('gives the fields that are selected', async () => {
    const { rows } = await crm.entity('Company').feed({ count: 1, select: ['comp_name'] })
    expect([rows[0]?.get('comp_name'), rows[0]?.get('comp_status')]).toEqual([expect.any(String), undefined])
  })

  it('walks all pages and takes each record once', async () => {
    const keys: string[] = []
    for await (const { rows } of crm.entity('Custom_Captions').pages({ count: 7 })) {
      keys.push(...rows.map(({ key }) => key))
      if (keys.length > 60) break
    }
    expect(keys.length).toBeGreaterThan(20)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('says that a record is not there, and finds nothing where there is nothing', async () => {
    await expect(crm.entity('Company').get('999999999')).rejects.toThrow(CrmNotFoundError)
    expect(await namesOf({ op: 'eq', field: 'comp_name', value: randomUUID() })).toEqual([])
  })

  it('reads a view, and nothing is sent to write one', async () => {
    const { rows } = await crm.entity('vPerson').feed({ count: 2 })
    expect(rows.length).toBeGreaterThan(0)
    await expect(crm.entity('vPerson').create({ pers_lastname: 'x' })).rejects.toThrow(CrmRejectedError)
    await expect(crm.entity('vPerson').delete('1')).rejects.toThrow(CrmRejectedError)
  })

  it('refuses what the prototypes forbid before it is sent', async () => {
    const company = crm.entity('Company')
    await expect(company.create({ comp_name: 'x'.repeat(500) })).rejects.toThrow(/Comp_Name/i)
    await expect(company.create({ comp_name: 'x', comp_colour: 'red' })).rejects.toThrow(/comp_colour/)
    await expect(company.find({ op: 'eq', field: 'comp_colour', value: 'red' })).rejects.toThrow(
      /comp_colour/,
    )
  })

  it('finds by words, or says that it has no Quick Find', async () => {
    const found = await crm.quickFind('a', 'Company').catch((error: unknown) => error)
    if (Array.isArray(found)) expect(found).toContainEqual(expect.objectContaining({ entity: 'Company' }))
    else expect(found).toMatchObject({ committed: 'no' })
  })

  describe.runIf(writable)('as one who may write', () => {
    it('creates, changes and deletes a record', async () => {
      const company = crm.entity('Company')
      const { key } = await company.create({ Comp_Name: 'Conformance', comp_website: 'https://a.example' })
      await company.update(key, { COMP_NAME: 'Conformance 2' })
      const row = await company.get(key)
      expect([row.get('Comp_Name'), row.get('comp_website')]).toEqual(['Conformance 2', 'https://a.example'])
      await company.update(key, { comp_website: null })
      expect((await company.get(key)).get('comp_website') ?? '').toBe('')
      await company.delete(key)
      await expect(company.get(key)).rejects.toThrow(CrmNotFoundError)
    })

    it('shows what the server filled in when the whole record is asked for', async () => {
      const fields = { case_description: 'Conformance', case_status: 'In Progress' }
      const row = await crm.entity('Cases').create(fields, {}, { returnPartial: false })
      made.push({ entity: 'Cases', key: row.key })
      expect(row.get('case_referenceid')).toMatch(/\d/)
    })

    it('creates a person with address, phone and e-mail in one request, and links them', async () => {
      const company = await makeCompany('Linked')
      const email = {
        type: 'Business',
        isDefault: true,
        fields: { emai_emailaddress: `${company.key}@a.example` },
      }
      const phone = { type: 'Business', isDefault: true, fields: { phon_number: '34322' } }
      const address = { type: 'Business', isDefault: true, fields: { addr_city: 'Dublin' } }
      const fields = { pers_lastname: 'Ford', pers_companyid: company.key }
      const { key } = await crm
        .entity('Person')
        .create(fields, { email: [email], phone: [phone], address: [address] })
      made.push({ entity: 'Person', key })
      const where = { op: 'eq', field: 'pers_emailaddress', value: `${company.key}@a.example` } as const
      const { rows } = await crm.entity('vPerson').find(where)
      expect(rows.map((row) => String(row.get('pers_personid')))).toEqual([key])
      const person = await crm.entity('Person').get(key, { include: ['Company', 'Email'] })
      if (switches?.linked === 'none') return
      expect(person.linked('email')[0]?.get('emai_emailaddress')).toBe(`${company.key}@a.example`)
      expect((await person.link('Company')).key).toBe(company.key)
    })

    it('shows which e-mail addresses a person has, and takes one that is made and linked by itself', async () => {
      const company = await makeCompany('Completed')
      const table = (await crm.prototype('Person')).entity.tableId
      const { key } = await crm
        .entity('Person')
        .create({ pers_lastname: `Ford ${company.key}`, pers_companyid: company.key })
      made.push({ entity: 'Person', key })
      const owner = { elink_entityid: table, elink_recordid: Number(key) }
      const linked = () =>
        crm.entity('EmailLink').find({
          op: 'and',
          of: Object.entries(owner).map(([field, value]) => ({ op: 'eq', field, value }) as const),
        })
      expect((await linked()).rows).toEqual([])
      const address = `${company.key}@b.example`
      const email = await crm.entity('Email').create({ emai_emailaddress: address })
      made.push({ entity: 'Email', key: email.key })
      const link = { ...owner, elink_emailid: Number(email.key), elink_type: 'Business' }
      made.push({ entity: 'EmailLink', key: (await crm.entity('EmailLink').create(link)).key })
      const [found, ...others] = (await linked()).rows
      expect([String(found?.get('elink_emailid')), others]).toEqual([email.key, []])
      const where = { op: 'eq', field: 'pers_emailaddress', value: address } as const
      const { rows } = await crm.entity('vPerson').find(where)
      expect(rows.map((row) => String(row.get('pers_personid')))).toEqual([key])
      const [person, ...namesakes] = (
        await crm.entity('Person').find({ op: 'eq', field: 'pers_lastname', value: `Ford ${company.key}` })
      ).rows
      expect([person?.key, namesakes]).toEqual([key, []])
      expect(Math.abs(Date.now() - Date.parse(person?.instant('pers_createddate') ?? ''))).toBeLessThan(
        MINUTE_MS,
      )
    })

    it.each(["O'Brien & Söhne", '50% _off_ [VIP]', 'Ünïcödé 🚲', '-- drop', 'a + b = "c"', "'' or 1=1"])(
      'finds a record called %s by its name, and only that',
      async (name) => {
        const row = await makeCompany(name)
        const value = String((await crm.entity('Company').get(row.key)).get('comp_name'))
        expect(await namesOf({ op: 'eq', field: 'comp_name', value })).toEqual([value])
        expect(await namesOf({ op: 'like', field: 'comp_name', value, at: 'anywhere' })).toEqual([value])
        expect(await namesOf({ op: 'like', field: 'comp_name', value, at: 'start' })).toEqual([value])
      },
    )

    it('answers every kind of condition, by itself or with our help', async () => {
      const token = randomUUID().slice(0, 8)
      const company = crm.entity('Company')
      const make = async (name: string, more: Record<string, string | boolean>) => {
        const { key } = await company.create({ comp_name: `${name} ${token}`, ...more })
        made.push({ entity: 'Company', key })
        return key
      }
      const a = await make('a', { comp_type: 'Customer', comp_optout: true, comp_uploaddate: '2026-03-28' })
      const b = await make('b', {
        comp_type: 'Supplier',
        comp_optout: false,
        comp_uploaddate: '2026-03-29T12:00:00Z',
      })
      const c = await make('c', { comp_uploaddate: '2026-10-25T00:30:00Z' })
      const found = async (expression: Expression) => {
        const mine = { op: 'like', field: 'comp_name', value: token, at: 'anywhere' } as const
        const names = await namesOf({ op: 'and', of: [mine, expression] })
        return names.map((name) => name.charAt(0)).join('')
      }
      const type = (op: 'eq' | 'ne', value: string | null) => ({ op, field: 'comp_type', value }) as const
      const id = (op: 'lt' | 'le' | 'gt' | 'ge', value: string) =>
        ({ op, field: 'comp_companyid', value }) as const
      const uploaded = (op: 'lt' | 'le' | 'gt' | 'ge' | 'eq', value: string) =>
        ({ op, field: 'comp_uploaddate', value }) as const
      expect(await found(type('eq', 'customer'))).toBe('a')
      expect(await found(type('ne', 'Customer'))).toBe('b')
      expect(await found(type('eq', null))).toBe('c')
      expect(await found(type('ne', null))).toBe('ab')
      expect(await found({ op: 'not', of: type('eq', 'Supplier') })).toBe('a')
      expect(await found({ op: 'in', field: 'comp_type', values: ['Customer', 'Supplier'] })).toBe('ab')
      expect(await found({ op: 'eq', field: 'comp_optout', value: true })).toBe('a')
      expect(await found({ op: 'eq', field: 'comp_optout', value: false })).toBe('bc')
      expect(await found(id('lt', b))).toBe('a')
      expect(await found(id('le', b))).toBe('ab')
      expect(await found(id('gt', b))).toBe('c')
      expect(await found(id('ge', a))).toBe('abc')
      expect(await found({ op: 'between', field: 'comp_companyid', low: b, high: c })).toBe('bc')
      expect(await found(uploaded('lt', '2026-03-29'))).toBe('a')
      expect(await found(uploaded('ge', '2026-03-29'))).toBe('bc')
      expect(await found(uploaded('le', '2026-03-29T12:00:00Z'))).toBe('ab')
      expect(await found(uploaded('eq', '2026-10-25T00:30:00Z'))).toBe('c')
      expect(await found({ op: 'or', of: [type('eq', 'Customer'), uploaded('gt', '2026-06-01')] })).toBe('ac')
    })

    it.each([
      '2026-03-28',
      '2026-03-29',
      '2026-03-30',
      '2026-07-01',
      '2026-10-25',
      '2026-10-26',
      '2026-12-31',
    ])('gives back the day %s, and an hour of it, as they were', async (day) => {
      const { key } = await makeCompany('Day', { comp_uploaddate: day })
      expect((await crm.entity('Company').get(key)).date('comp_uploaddate')).toBe(day)
      const instant = `${day}T17:45:30Z`
      await crm.entity('Company').update(key, { comp_uploaddate: instant })
      expect((await crm.entity('Company').get(key)).instant('comp_uploaddate')).toBe(instant)
    })
  })
})
