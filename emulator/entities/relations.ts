/** A record made together with its owner by a deep insert, and shown with it. */
export type ChildRelation = {
  /** The key in the body of a create (any letter case) and the entity. */
  readonly entity: string
  /** The owner's column that holds the default one's id. */
  readonly primary?: string
  /** The child's column that holds the owner's id, besides the link. */
  readonly ownerColumn?: string
}

/** A record that a column of this one points to. */
export type ParentRelation = { readonly entity: string; readonly column: string }

export type Relations = {
  readonly children: readonly ChildRelation[]
  readonly parents: readonly ParentRelation[]
  /** Notes that name this record in Note_ForeignTableId and Note_ForeignId are shown with it. */
  readonly notes: boolean
}

const CONTACTS: readonly ChildRelation[] = [{ entity: 'Email' }, { entity: 'Phone' }]
const NONE: Relations = { children: [], parents: [], notes: false }

const RELATIONS: Readonly<Record<string, Relations>> = {
  Company: {
    children: [
      { entity: 'Person', primary: 'Comp_PrimaryPersonId', ownerColumn: 'Pers_CompanyId' },
      { entity: 'Address', primary: 'Comp_PrimaryAddressId' },
      ...CONTACTS,
    ],
    parents: [],
    notes: true,
  },
  Person: {
    children: [{ entity: 'Address', primary: 'Pers_PrimaryAddressId' }, ...CONTACTS],
    parents: [{ entity: 'Company', column: 'Pers_CompanyId' }],
    notes: true,
  },
  Cases: {
    children: [],
    parents: [
      { entity: 'Person', column: 'Case_PrimaryPersonId' },
      { entity: 'Company', column: 'Case_PrimaryCompanyId' },
    ],
    notes: true,
  },
}

export function relationsOf(entity: string): Relations {
  return RELATIONS[entity] ?? NONE
}
