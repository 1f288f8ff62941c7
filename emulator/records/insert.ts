import type { Stored } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import type { Crm, Session } from './crm.ts'
import { instant } from './values.ts'

/** Inserts a record with its defaults and system columns. Returns its id. */
export function insertRecord(
  crm: Crm,
  entity: EntityDefinition,
  given: ReadonlyMap<string, Stored>,
  { userId }: Pick<Session, 'userId'>,
): number {
  const now = instant(crm.now())
  const row = new Map([
    ...defaultsOf(entity.columns, userId, now),
    ...given,
    ...creationStamp(entity, userId, now),
  ])
  const names = [...row.keys()].map((name) => `"${name}"`).join(', ')
  const marks = [...row.keys()].map(() => '?').join(', ')
  const id = crm.database.run(`INSERT INTO ${entity.name} (${names}) VALUES (${marks})`, ...row.values())
  if (entity.reference !== undefined)
    setColumns(crm, entity, id, new Map([[entity.reference, `${userId}-${id}`]]))
  return id
}

/** Sets columns of a record as they are; who changed it and when is for the caller to say. */
export function setColumns(
  { database }: Crm,
  entity: EntityDefinition,
  id: number,
  values: ReadonlyMap<string, Stored>,
): void {
  if (values.size === 0) return
  const assignments = [...values.keys()].map((name) => `"${name}" = ?`).join(', ')
  database.run(
    `UPDATE ${entity.name} SET ${assignments} WHERE "${entity.idColumn}" = ?`,
    ...values.values(),
    id,
  )
}

/** The system columns of a change. */
export function changeStamp({ prefix }: EntityDefinition, userId: number, now: string): [string, Stored][] {
  return [
    [`${prefix}_UpdatedBy`, userId],
    [`${prefix}_UpdatedDate`, now],
    [`${prefix}_TimeStamp`, now],
  ]
}

function creationStamp(entity: EntityDefinition, userId: number, now: string): [string, Stored][] {
  const { prefix } = entity
  return [
    [`${prefix}_CreatedBy`, userId],
    [`${prefix}_CreatedDate`, now],
    ...changeStamp(entity, userId, now),
  ]
}

function defaultsOf(columns: readonly Column[], userId: number, now: string): [string, Stored][] {
  return columns.flatMap(({ name, default: value }): [string, Stored][] => {
    if (value === undefined) return []
    if (typeof value !== 'object') return [[name, value]]
    return [[name, value.from === 'clock' ? now : userId]]
  })
}
