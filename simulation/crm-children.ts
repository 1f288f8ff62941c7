import type { Child } from '../lib/crm/plan.ts'
import type { Expression } from '../lib/crm/where.ts'
import type { CrmRecord, CrmTables } from './crm-tables.ts'
import { PERSON_TABLE } from './entities.ts'

export type Children = Readonly<Record<string, Child | readonly Child[]>>

/** How much of a create with children is committed: a deep insert need not be one transaction. */
export type Extent = 'whole' | 'parent' | 'unlinked'

type Kind = {
  readonly entity: string
  readonly link: string
  /** The columns of the link that name the owner, the child and its type. */
  readonly owner: (owner: CrmRecord) => Readonly<Record<string, unknown>>
  readonly child: string
  readonly type: string
  /** The owner's column with the id of its default child. */
  readonly primary?: Readonly<Record<string, string>>
}

const KINDS: Readonly<Record<string, Kind>> = {
  email: {
    entity: 'Email',
    link: 'EmailLink',
    owner: ({ id }) => ({ elink_entityid: PERSON_TABLE, elink_recordid: id }),
    child: 'elink_emailid',
    type: 'elink_type',
  },
  address: {
    entity: 'Address',
    link: 'Address_Link',
    owner: ({ entity, id }) => ({ [entity === 'Person' ? 'adli_personid' : 'adli_companyid']: id }),
    child: 'adli_addressid',
    type: 'adli_type',
    primary: { Person: 'pers_primaryaddressid', Company: 'comp_primaryaddressid' },
  },
}

/** E-mail and postal addresses of a new record: each is a record, and another one links it to its owner. */
export function insertChildren(
  tables: CrmTables,
  owner: CrmRecord,
  children: Children,
  extent: Extent,
): void {
  if (extent === 'parent') return
  for (const [key, list] of Object.entries(children)) {
    const kind = KINDS[key]
    if (kind === undefined) throw new Error(`the simulated CRM has no children called "${key}"`)
    for (const child of [list].flat()) insertChild(tables, owner, kind, child, extent === 'whole')
  }
}

function insertChild(
  tables: CrmTables,
  owner: CrmRecord,
  kind: Kind,
  { fields, type, isDefault }: Child,
  isLinked: boolean,
): void {
  const { id } = tables.insert(kind.entity, fields, owner.createdAt)
  if (!isLinked) return
  const link = { ...kind.owner(owner), [kind.child]: id, [kind.type]: type }
  tables.insert(kind.link, link, owner.createdAt)
  const primary = kind.primary?.[owner.entity]
  if (isDefault && primary !== undefined) owner.fields.set(primary, id)
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

/** Postal addresses that a company or a person has twice. */
export function repeatedAddresses(tables: CrmTables): string[] {
  const links = tables.all('Address_Link').map(({ fields }) => {
    const address = tables.get('Address', String(fields.get('adli_addressid')))
    const owner = `company ${fields.get('adli_companyid') ?? ''} person ${fields.get('adli_personid') ?? ''}`
    return `${owner}: ${address?.fields.get('addr_address1')}`
  })
  return links.filter((link, index) => links.indexOf(link) !== index).map((link) => `Address of ${link}`)
}
