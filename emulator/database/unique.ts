import { findColumn, findEntity } from '../entities/index.ts'
import { Refusal } from '../refusal.ts'
import type { Dialect } from '../switches.ts'
import type { Database } from './database.ts'

const PREFIX = 'UX_'

/**
 * Unique indexes as an administrator may make them in SQL Server, over live records with a value. Those of an earlier
 * start that are not wanted any more go.
 * @param columns `Cases.Case_CustomerRef`
 * @throws RangeError naming a column that does not exist
 */
export function createUniqueIndexes(database: Database, columns: readonly string[]): void {
  const known = database.all(`SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE '${PREFIX}%'`)
  for (const { name } of known) database.script(`DROP INDEX "${name}"`)
  for (const text of columns) createIndex(database, text)
}

function createIndex(database: Database, text: string): void {
  const [table = '', name = ''] = text.split('.', 2)
  const entity = findEntity(table)
  const column = entity && findColumn(entity, name)
  if (entity === undefined || entity.view !== undefined || column === undefined)
    throw new RangeError(`there is no column "${text}"; write it like Cases.Case_CustomerRef`)
  database.script(
    `CREATE UNIQUE INDEX "${PREFIX}${entity.name}_${column.name}" ON "${entity.name}" ("${column.name}")
     WHERE "${column.name}" IS NOT NULL AND "${column.name}" <> '' AND "${entity.prefix}_Deleted" IS NULL`,
  )
}

/** A violation of a unique index as the switch has it; any other error as it is. */
export function uniqueViolation(error: unknown, { uniqueViolation: status }: Dialect): unknown {
  const message = error instanceof Error ? error.message : ''
  const [, table, column] = /^UNIQUE constraint failed: (\w+)\.(\w+)/.exec(message) ?? []
  if (table === undefined || column === undefined) return error
  const text = `Cannot insert duplicate key row in object 'dbo.${table}' with unique index '${PREFIX}${table}_${column}'.`
  return new Refusal(status, [{ sdataCode: 'ApplicationDiagnosis', message: text, payloadPath: column }])
}
