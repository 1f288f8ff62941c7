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
    parents: parties('Case_PrimaryCompanyId', 'Case_PrimaryPersonId'),
    notes: true,
  },
  Opportunity: {
    children: [],
    parents: parties('Oppo_PrimaryCompanyId', 'Oppo_PrimaryPersonId'),
    notes: true,
  },
  Lead: { children: [], parents: parties('Lead_PrimaryCompanyID', 'Lead_PrimaryPersonID'), notes: true },
  Quotes: documents('Quot', 'QuoteItems', 'QuIt'),
  Orders: documents('Orde', 'OrderItems', 'OrIt'),
  QuoteItems: { children: [], parents: [{ entity: 'Quotes', column: 'QuIt_OrderQuoteId' }], notes: false },
  OrderItems: { children: [], parents: [{ entity: 'Orders', column: 'OrIt_OrderQuoteId' }], notes: false },
  Communication: {
    children: [],
    parents: [
      { entity: 'Opportunity', column: 'Comm_OpportunityId' },
      { entity: 'Cases', column: 'Comm_CaseId' },
    ],
    notes: false,
  },
  Project: {
    children: [],
    parents: [
      ...parties('proj_CompanyId', 'proj_PersonId'),
      { entity: 'Opportunity', column: 'proj_OpportunityId' },
    ],
    notes: true,
  },
}

function parties(company: string, person: string): readonly ParentRelation[] {
  return [
    { entity: 'Person', column: person },
    { entity: 'Company', column: company },
  ]
}

/** A quote or order shows its lines and its opportunity. */
function documents(prefix: string, items: string, itemPrefix: string): Relations {
  return {
    children: [{ entity: items, ownerColumn: `${itemPrefix}_OrderQuoteId` }],
    parents: [{ entity: 'Opportunity', column: `${prefix}_OpportunityId` }],
    notes: true,
  }
}

export function relationsOf(entity: string): Relations {
  return RELATIONS[entity] ?? NONE
}
