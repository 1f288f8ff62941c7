import type { Column, ColumnType, EntityDefinition } from '../entities/entity.ts'
import { entities } from '../entities/index.ts'
import type { Database } from './database.ts'

/**
 * SQL Server's usual collation ignores case. A checkbox is 'Y' or null, an instant is text that sorts by time; an amount
 * stays a double, for as an integer it may be larger than JavaScript reads.
 */
const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'TEXT COLLATE NOCASE',
  text: 'TEXT COLLATE NOCASE',
  choice: 'TEXT COLLATE NOCASE',
  multichoice: 'TEXT COLLATE NOCASE',
  boolean: 'TEXT COLLATE NOCASE',
  datetime: 'TEXT',
  integer: 'INTEGER',
  decimal: 'REAL',
}

/**
 * A default address, phone or e-mail address is looked for in every row of a view. An earlier version kept all links in
 * one table of its own.
 */
const LINKS = `
  DROP TABLE IF EXISTS RecordLink;
  ${['PLink', 'ELink']
    .map((prefix) => {
      const table = prefix === 'PLink' ? 'PhoneLink' : 'EmailLink'
      return `CREATE INDEX IF NOT EXISTS ${table}_Default ON ${table} (${prefix}_RecordID, ${prefix}_EntityID)
        WHERE ${prefix}_IsDefault = 'Y' AND ${prefix}_Deleted IS NULL;`
    })
    .join('\n')}`

/** Brings a new database, or one of an earlier version, to what the definitions say; its records stay. */
export function createSchema(database: Database): void {
  const tables = entities.filter(({ view }) => view === undefined)
  const views = entities.filter(({ view }) => view !== undefined)
  for (const table of tables) createTable(database, table)
  for (const sql of [LINKS, ...views.map(viewSql)]) database.script(sql)
  for (const table of tables) startIds(database, table)
}

function createTable(database: Database, { name, columns, idColumn }: EntityDefinition): void {
  const all = columns.map((column) => columnSql(column, idColumn)).join(', ')
  database.script(`CREATE TABLE IF NOT EXISTS ${name} (${all})`)
  addMissingColumns(database, name, columns, idColumn)
  for (const column of columns) if (column.indexed) createIndex(database, name, column.name)
}

function addMissingColumns(
  database: Database,
  table: string,
  columns: readonly Column[],
  idColumn: string,
): void {
  const known = new Set(database.all(`PRAGMA table_info(${table})`).map((row) => row['name']))
  const missing = columns.filter(({ name }) => !known.has(name))
  for (const column of missing)
    database.script(`ALTER TABLE ${table} ADD COLUMN ${columnSql(column, idColumn)}`)
}

function columnSql({ name, type }: Column, idColumn: string): string {
  return name === idColumn ? `"${name}" INTEGER PRIMARY KEY AUTOINCREMENT` : `"${name}" ${SQL_TYPES[type]}`
}

/** Over the rows that have a value: most have none. An index that an earlier version defined in another way is made anew. */
function createIndex(database: Database, table: string, column: string): void {
  const index = `${table}_${column}`
  const sql = `CREATE INDEX ${index} ON ${table} ("${column}") WHERE "${column}" IS NOT NULL`
  const known = database.get("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", index)
  if (known?.['sql'] === sql) return
  database.script(`DROP INDEX IF EXISTS ${index}; ${sql}`)
}

function viewSql({ name, view }: EntityDefinition): string {
  return `DROP VIEW IF EXISTS ${name}; CREATE VIEW ${name} AS ${view?.sql}`
}

function startIds(database: Database, { name, firstId = 1 }: EntityDefinition): void {
  database.run(
    'INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)',
    name,
    firstId - 1,
    name,
  )
}
