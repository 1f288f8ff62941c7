import type { Database, Stored, StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { entityNamed } from '../entities/index.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Dialect } from '../switches.ts'
import { type Access, inTerritories, isInTerritories } from './access.ts'

/** The emulated installation. */
export type Crm = {
  readonly database: Database
  readonly dialect: Dialect
  /** The IANA name of the zone the server is set to. */
  readonly timeZone: string
  now(): Date
}

/** Who asks, what they may see, and the address their answers' links begin with (`…/sagecrm2/-`). */
export type Session = { readonly userId: number; readonly baseUrl: string; readonly access: Access }

/** SQL: the records people have not deleted. */
export function isLive({ prefix }: EntityDefinition): string {
  return `"${prefix}_Deleted" IS NULL`
}

/** A live record by its id; undefined when there is none. */
export function findRecord(crm: Crm, entity: EntityDefinition, id: Stored): StoredRow | undefined {
  return crm.database.get(
    `SELECT * FROM ${entity.name} WHERE "${entity.idColumn}" = ? AND ${isLive(entity)}`,
    id,
  )
}

export function hasRecord({ database }: Crm, entityName: string, id: Stored): boolean {
  const entity = entityNamed(entityName)
  const sql = `SELECT 1 FROM ${entity.name} WHERE "${entity.idColumn}" = ? AND ${isLive(entity)}`
  return database.get(sql, id) !== undefined
}

/**
 * A live record that the user may see.
 * @throws Refusal as the switches unknownId and securedRecords have it
 */
export function requireRecord(
  crm: Crm,
  entity: EntityDefinition,
  key: string,
  { access, userId }: Pick<Session, 'access' | 'userId'>,
): StoredRow {
  const row = /^\d{1,15}$/.test(key) ? findRecord(crm, entity, Number(key)) : undefined
  if (row === undefined) throw noSuchRecord(crm, `there is no ${entity.name} '${key}'`)
  if (isInTerritories(entity, row, access, userId)) return row
  if (crm.dialect.securedRecords === 404) throw noSuchRecord(crm, `there is no ${entity.name} '${key}'`)
  throw refuse(403, 'ApplicationDiagnosis', `${entity.name} '${key}' is not in your territories`)
}

/** What an unknown id is answered with. `empty` makes reads a feed of nothing; writes are refused with 404 all the same. */
export function noSuchRecord({ dialect }: Crm, message: string): Refusal {
  return refuse(dialect.unknownId === 410 ? 410 : 404, 'ApplicationDiagnosis', message)
}

/** SQL: the live records the user may see. */
export function isVisible(entity: EntityDefinition, { access, userId }: Session) {
  const { sql, parameters } = inTerritories(entity, access, userId)
  return { sql: `${isLive(entity)} AND ${sql}`, parameters }
}
