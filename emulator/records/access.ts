import type { Stored, StoredRow } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'

/**
 * What a user may see and change: Sage CRM's field security and territories. Names of fields are in lower case. How the
 * REST API shows either is not documented; see the switches securedFields and securedRecords.
 */
export type Access = {
  readonly hidden: ReadonlySet<string>
  readonly readOnly: ReadonlySet<string>
  /** Records of these territories, and those the user made; undefined: all. */
  readonly territories?: ReadonlySet<number>
}

export const FULL_ACCESS: Access = { hidden: new Set(), readOnly: new Set() }

export function mayRead({ hidden }: Access, { name }: Pick<Column, 'name'>): boolean {
  return hidden.size === 0 || !hidden.has(name.toLowerCase())
}

export function mayWrite(access: Access, column: Pick<Column, 'name'>): boolean {
  return mayRead(access, column) && !access.readOnly.has(column.name.toLowerCase())
}

/** The columns the user may see. */
export function readableColumns({ columns }: EntityDefinition, access: Access): readonly Column[] {
  return access.hidden.size === 0 ? columns : columns.filter((column) => mayRead(access, column))
}

type Sql = { readonly sql: string; readonly parameters: readonly Stored[] }
const EVERY_RECORD: Sql = { sql: '1', parameters: [] }

/** SQL: the records of the user's territories, those of none, and those the user made. */
export function inTerritories({ prefix }: EntityDefinition, { territories }: Access, userId: number): Sql {
  if (territories === undefined) return EVERY_RECORD
  const marks = [...territories].map(() => '?').join(', ')
  const sql = `("${prefix}_SecTerr" IS NULL OR "${prefix}_SecTerr" IN (${marks}) OR "${prefix}_CreatedBy" = ?)`
  return { sql, parameters: [...territories, userId] }
}

/** The same of a row that has been read already. */
export function isInTerritories(
  { prefix }: EntityDefinition,
  row: StoredRow,
  { territories }: Access,
  userId: number,
): boolean {
  const territory = row[`${prefix}_SecTerr`] ?? null
  if (territories === undefined || territory === null) return true
  return territories.has(Number(territory)) || row[`${prefix}_CreatedBy`] === userId
}
