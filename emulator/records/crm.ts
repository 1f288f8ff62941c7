import type { Database, Stored, StoredRow } from '../database/database.ts'
import type { Dialect } from '../dialects.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { entityNamed } from '../entities/index.ts'
import { refuse } from '../refusal.ts'

/** The emulated installation. */
export type Crm = {
  readonly database: Database
  readonly dialect: Dialect
  now(): Date
}

/** Who asks, and the address their answers' links begin with (`…/sagecrm2/-`). */
export type Session = { readonly userId: number; readonly baseUrl: string }

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

export function hasRecord(crm: Crm, entityName: string, id: Stored): boolean {
  return findRecord(crm, entityNamed(entityName), id) !== undefined
}

/** @throws Refusal 404 when there is no such record or it was deleted */
export function requireRecord(crm: Crm, entity: EntityDefinition, key: string): StoredRow {
  const row = /^\d{1,15}$/.test(key) ? findRecord(crm, entity, Number(key)) : undefined
  if (row === undefined) throw refuse(404, 'ApplicationDiagnosis', `there is no ${entity.name} '${key}'`)
  return row
}
