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
  const stamp = new Map(creationStamp(entity, userId, now))
  const values = entity.columns.map((column) => {
    const { name } = column
    return stamp.get(name) ?? (given.has(name) ? given.get(name) : defaultOf(column, userId, now)) ?? null
  })
  const reference = entity.reference === undefined ? [] : [`${userId}-`]
  return crm.database.run(insertSql(entity), ...values, ...reference)
}

const statements = new Map<EntityDefinition, string>()

/** With every column as a parameter, and what its reference begins with, which the id ends. */
function insertSql(entity: EntityDefinition): string {
  const known = statements.get(entity)
  if (known !== undefined) return known
  const { name: table, columns, reference } = entity
  const names = columns.map(({ name }) => `"${name}"`).join(', ')
  const marks = columns.map(({ name }, index) =>
    name === reference ? `?${columns.length + 1} || ${nextId(table)}` : `?${index + 1}`,
  )
  const sql = `INSERT INTO "${table}" (${names}) VALUES (${marks.join(', ')})`
  statements.set(entity, sql)
  return sql
}

/** SQL: the id that a table gives next. */
function nextId(table: string): string {
  return `(SELECT CAST(seq AS INTEGER) + 1 FROM sqlite_sequence WHERE name = '${table}')`
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

function defaultOf({ default: value }: Column, userId: number, now: string): Stored | undefined {
  if (typeof value !== 'object') return value
  return value.from === 'clock' ? now : userId
}
