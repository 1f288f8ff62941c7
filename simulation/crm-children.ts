import type { Child } from '../lib/crm/plan.ts'
import type { Expression } from '../lib/crm/where.ts'
import type { CrmRecord, CrmTables } from './crm-tables.ts'
import { PERSON_TABLE } from './entities.ts'

export type Children = Readonly<Record<string, Child | readonly Child[]>>

/** How much of a create with children is committed: a deep insert need not be one transaction. */
export type Extent = 'whole' | 'parent' | 'unlinked'

/** E-mail addresses of a person: each is a record, and another one links it to its owner. */
export function insertChildren(
  tables: CrmTables,
  owner: CrmRecord,
  { email = [] }: Children,
  extent: Extent,
): void {
  if (extent === 'parent') return
  for (const { fields, type } of [email].flat()) {
    const { id } = tables.insert('Email', fields, owner.createdAt)
    const link = {
      elink_entityid: PERSON_TABLE,
      elink_recordid: owner.id,
      elink_emailid: id,
      elink_type: type,
    }
    if (extent === 'whole') tables.insert('EmailLink', link, owner.createdAt)
  }
}

/** The rows of a view of persons by their addresses, for a condition on the address alone. */
export function personsByAddress(tables: CrmTables, where: Expression): CrmRecord[] {
  if (where.op !== 'eq') throw new Error('the simulated view is asked for one address')
  const emails = tables.find('Email', { op: 'eq', field: 'emai_emailaddress', value: where.value })
  const links = emails.flatMap(({ id }) =>
    tables.find('EmailLink', { op: 'eq', field: 'elink_emailid', value: id }),
  )
  return links.flatMap(({ fields }) => {
    const person = tables.get('Person', String(fields.get('elink_recordid')))
    return person === undefined
      ? []
      : [{ ...person, fields: new Map([...person.fields, ['pers_emailaddress', String(where.value)]]) }]
  })
}

/** Addresses with more than one person, persons with an address twice, and persons left without one. */
export function strayPersons(tables: CrmTables): { readonly twice: string[]; readonly without: string[] } {
  const links = tables.all('EmailLink').map(({ fields }) => ({
    person: String(fields.get('elink_recordid')),
    address: String(
      tables.get('Email', String(fields.get('elink_emailid')))?.fields.get('emai_emailaddress'),
    ),
  }))
  const byAddress = Map.groupBy(links, ({ address }) => address)
  const linked = new Set(links.map(({ person }) => person))
  return {
    twice: [...byAddress].flatMap(([address, all]) =>
      all.slice(1).map(({ person }) => `Person ${person} is another "${address}"`),
    ),
    without: tables.all('Person').flatMap(({ id }) => (linked.has(id) ? [] : [id])),
  }
}
