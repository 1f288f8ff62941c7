import type { Stored, StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { addressLink, emailLink, personLink, phoneLink } from '../entities/link-tables.ts'
import type { Crm, Session } from './crm.ts'
import { insertRecord } from './insert.ts'

export type Owner = { readonly entity: EntityDefinition; readonly id: number }
export type Link = {
  readonly target: EntityDefinition
  readonly id: number
  readonly type: string | null
  readonly isDefault: boolean
}

/** How a link table names its owner and its target. */
type LinkTable = {
  readonly table: EntityDefinition
  readonly target: string
  ownedBy(owner: Owner): readonly (readonly [string, Stored])[]
}

const OWNER_COLUMNS: Readonly<Record<string, string>> = { Company: 'AdLi_CompanyID', Person: 'AdLi_PersonID' }

const LINK_TABLES: Readonly<Record<string, LinkTable>> = {
  Address: {
    table: addressLink,
    target: 'AdLi_AddressId',
    ownedBy: ({ entity, id }) => [[OWNER_COLUMNS[entity.name] ?? 'AdLi_AccountID', id]],
  },
  Person: { table: personLink, target: 'PeLi_PersonId', ownedBy: ({ id }) => [['PeLi_CompanyId', id]] },
  Phone: { table: phoneLink, target: 'PLink_PhoneId', ownedBy: byTableId('PLink') },
  Email: { table: emailLink, target: 'ELink_EmailId', ownedBy: byTableId('ELink') },
}

function byTableId(prefix: string): LinkTable['ownedBy'] {
  return ({ entity, id }) => [
    [`${prefix}_RecordID`, id],
    [`${prefix}_EntityID`, entity.tableId],
  ]
}

export function addLink(
  crm: Crm,
  owner: Owner,
  { target, id, type, isDefault }: Link,
  session: Pick<Session, 'userId'>,
): void {
  const { table, target: column, ownedBy } = tableOf(target)
  const values: (readonly [string, Stored])[] = [
    ...ownedBy(owner),
    [column, id],
    [`${table.prefix}_Type`, type],
    [`${table.prefix}_IsDefault`, isDefault ? 'Y' : null],
  ]
  insertRecord(crm, table, new Map(values), session)
}

/** The live records of an entity linked to the owner, the default one first. */
export function linkedRecords({ database }: Crm, owner: Owner, target: EntityDefinition): StoredRow[] {
  const { table, target: column, ownedBy } = tableOf(target)
  const owned = ownedBy(owner)
  return database.all(
    `SELECT t.* FROM "${table.name}" l JOIN "${target.name}" t ON t."${target.idColumn}" = l."${column}"
     WHERE ${owned.map(([name]) => `l."${name}" = ?`).join(' AND ')}
       AND l."${table.prefix}_Deleted" IS NULL AND t."${target.prefix}_Deleted" IS NULL
     ORDER BY l."${table.prefix}_IsDefault" DESC, t."${target.idColumn}"`,
    ...owned.map(([, value]) => value),
  )
}

/** Whether records of an entity are tied to their owners by a link table. */
export function isLinkable({ name }: EntityDefinition): boolean {
  return LINK_TABLES[name] !== undefined
}

function tableOf({ name }: EntityDefinition): LinkTable {
  const found = LINK_TABLES[name]
  if (found === undefined) throw new Error(`${name} is linked by no table`)
  return found
}

/** The first link of its kind is its owner's default. */
export function withDefault(
  { database }: Crm,
  { name, prefix }: EntityDefinition,
  values: ReadonlyMap<string, Stored>,
): ReadonlyMap<string, Stored> {
  const owner = [`${prefix}_RecordID`, `${prefix}_EntityID`]
  const known = database.get(
    `SELECT 1 FROM "${name}" WHERE ${owner.map((column) => `"${column}" = ?`).join(' AND ')}
     AND "${prefix}_IsDefault" = 'Y' AND "${prefix}_Deleted" IS NULL`,
    ...owner.map((column) => values.get(column) ?? null),
  )
  return known === undefined ? new Map([...values, [`${prefix}_IsDefault`, 'Y']]) : values
}
