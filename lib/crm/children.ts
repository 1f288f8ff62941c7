import { CrmMisconfiguredError } from './errors.ts'
import type { Fields } from './plan.ts'

/** The record that children belong to. */
export type Parent = { readonly resource: string; readonly id: string }

/** The columns that name a parent; undefined for a resource that has no such children. */
type NamesParent = (parent: Parent) => Fields | undefined

/** How records of one kind belong to their parent: by a column of their own, or by a record of a table in between. */
export type ChildKind = {
  readonly entity: string
  readonly belongsTo: NamesParent
  /** The table in between, and which of its columns hold the child's id and its `$type`. */
  readonly link?: { readonly entity: string; readonly child: string; readonly type: string }
  /** The parent's column with the id of its default child. Of phones and e-mail addresses Sage CRM keeps that itself. */
  readonly primary: Readonly<Record<string, string>>
}

/** Sage CRM's table definitions, by the key a child has in the body of a create. */
const KINDS: Readonly<Record<string, ChildKind>> = {
  email: { entity: 'Email', ...linkedBy('EmailLink', 'elink', 'elink_emailid') },
  phone: { entity: 'Phone', ...linkedBy('PhoneLink', 'plink', 'plink_phoneid') },
  address: {
    entity: 'Address',
    belongsTo: byColumn({ company: 'adli_companyid', person: 'adli_personid' }),
    link: { entity: 'Address_Link', child: 'adli_addressid', type: 'adli_type' },
    primary: { company: 'comp_primaryaddressid', person: 'pers_primaryaddressid' },
  },
  person: {
    entity: 'Person',
    belongsTo: byColumn({ company: 'pers_companyid' }),
    primary: { company: 'comp_primarypersonid' },
  },
}

/** `…_EntityID` is the table id of the parent, `…_RecordID` its own id. */
function linkedBy(entity: string, prefix: string, child: string): Omit<ChildKind, 'entity'> {
  return {
    belongsTo: ({ resource, id }) => ({
      [`${prefix}_entityid`]: { tableOf: resource },
      [`${prefix}_recordid`]: id,
    }),
    link: { entity, child, type: `${prefix}_type` },
    primary: {},
  }
}

function byColumn(columns: Readonly<Record<string, string>>): NamesParent {
  return ({ resource, id }) => {
    const column = columns[resource.toLowerCase()]
    return column === undefined ? undefined : { [column]: id }
  }
}

/** Nobody can tell which children a record has. */
export class ChildrenUnknownError extends CrmMisconfiguredError {
  override readonly name: string = 'ChildrenUnknownError'
}

/** The columns that say whose a child is, of the table in between or of the child itself. */
export function ownership(kind: ChildKind, parent: Parent): Fields {
  const fields = kind.belongsTo(parent)
  if (fields !== undefined) return fields
  throw new ChildrenUnknownError(`it is not known how ${kind.entity} is attached to ${parent.resource}`)
}

/** @throws ChildrenUnknownError for a key that is not known */
export function kindOf(key: string): ChildKind {
  const kind = KINDS[key.toLowerCase()]
  if (kind === undefined) throw new ChildrenUnknownError(`it is not known how "${key}" is attached`)
  return kind
}

/** The parent's column with the id of its default child; undefined where there is none. */
export function primaryColumn({ primary }: ChildKind, { resource }: Parent): string | undefined {
  return primary[resource.toLowerCase()]
}
