import { describe, expect, it } from 'vitest'
import { ChildrenUnknownError, kindOf, ownership } from '../../lib/crm/children.ts'
import type { CrmClient, Row } from '../../lib/crm/client.ts'
import { createdAt, findEqual, isEqual } from '../../lib/crm/equal.ts'
import { CrmMisconfiguredError } from '../../lib/crm/errors.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { toRow } from '../../lib/crm/row.ts'

const person = await loadEntity('Person')
const reading = {
  clock: { timeZone: 'Europe/Dublin', instants: 'local' } as const,
  follow: () => Promise.reject(new Error('no links here')),
}

function rowOf(fields: Readonly<Record<string, unknown>>): Row {
  const row = toRow(person, { $key: 7, ...fields }, reading)
  if (row === undefined) throw new Error('not a record')
  return row
}

/** A client that finds these rows whatever it is asked, and remembers what that was. */
function finding(rows: readonly Row[]) {
  const asked: unknown[] = []
  const find = async (where: unknown) => {
    asked.push(where)
    return { rows, filtered: false, received: rows.length }
  }
  const client = { entity: () => ({ find }) } as unknown as CrmClient
  return { asked, context: { client, resolver: { bindings: new Map(), entity: loadEntity } } }
}

describe('records with the same fields', () => {
  it.each([
    [{ pers_lastname: 'Murphy' }, true],
    [{ pers_lastname: 'MURPHY ' }, true],
    [{ pers_lastname: 'Murphy', pers_companyid: '43' }, true],
    [{ pers_lastname: 'Murphy', pers_companyid: 44 }, false],
    [{ pers_lastname: 'Murphy', pers_firstname: null, pers_title: '' }, true],
    [{ pers_lastname: 'Murphy', pers_uploaddate: '2026-11-24' }, true],
    [{ pers_lastname: 'Murphy', pers_optout: true }, true],
    [{ pers_lastname: 'Murphy', pers_optout: false }, false],
    [{ pers_lastname: 'Murphy-Byrne' }, false],
    [{ pers_lastname: 'Murphy', pers_title: 'Director' }, false],
  ])('are those that have what was sent, times and empty fields aside: %j', async (fields, isSame) => {
    const row = rowOf({ Pers_LastName: 'Murphy', Pers_CompanyId: 43, Pers_OptOut: 'Y', Pers_Title: null })
    expect(isEqual(row, fields, person)).toBe(isSame)
    expect(await findEqual('Person', fields, finding([row]).context)).toEqual(isSame ? [row] : [])
  })

  it('are not asked for when there is nothing to ask by', async () => {
    const { asked, context } = finding([rowOf({ Pers_LastName: 'Murphy' })])
    expect(await findEqual('Person', { pers_title: '', pers_uploaddate: '2026-11-24' }, context)).toEqual([])
    expect(asked).toEqual([])
  })

  it('cannot be told when a field does not come with them', async () => {
    const { context } = finding([rowOf({ Pers_LastName: 'Murphy' })])
    const found = findEqual('Person', { pers_lastname: 'Murphy', pers_title: 'Director' }, context)
    await expect(found).rejects.toThrow('Person is returned without pers_title: it cannot be looked up')
    await expect(found).rejects.toBeInstanceOf(CrmMisconfiguredError)
  })
})

describe('the time a record was made', () => {
  it.each([
    ['2026-07-01T12:00:00', Date.UTC(2026, 6, 1, 11)],
    ['2026-07-01T12:00:00Z', Date.UTC(2026, 6, 1, 12)],
    [null, undefined],
  ])('is read in the zone of the CRM: %j', (text, expected) => {
    expect(createdAt(rowOf({ Pers_CreatedDate: text }), person)).toBe(expected)
  })
})

describe('children', () => {
  it.each([
    ['email', 'Person', { elink_entityid: { tableOf: 'Person' }, elink_recordid: '7' }],
    ['Phone', 'Company', { plink_entityid: { tableOf: 'Company' }, plink_recordid: '7' }],
    ['address', 'Person', { adli_personid: '7' }],
    ['address', 'Company', { adli_companyid: '7' }],
    ['person', 'Company', { pers_companyid: '7' }],
  ])('under "%s" of %s name their parent', (key, resource, expected) => {
    expect(ownership(kindOf(key), { resource, id: '7' })).toEqual(expected)
  })

  it('of a kind nobody knows, or of a parent that has none, cannot be told', () => {
    expect(() => kindOf('quoteitems')).toThrow(ChildrenUnknownError)
    expect(() => ownership(kindOf('person'), { resource: 'Cases', id: '7' })).toThrow(
      'it is not known how Person is attached to Cases',
    )
  })
})
