import type { Column, ColumnType, EntityDefinition } from '../entities/entity.ts'
import { entities } from '../entities/index.ts'
import type { Database } from './database.ts'

/** SQL Server's usual collation ignores case. A checkbox is 'Y' or null, an instant is text that sorts by time. */
const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'TEXT COLLATE NOCASE',
  text: 'TEXT COLLATE NOCASE',
  choice: 'TEXT COLLATE NOCASE',
  boolean: 'TEXT COLLATE NOCASE',
  datetime: 'TEXT',
  integer: 'INTEGER',
  decimal: 'NUMERIC',
}

/**
 * Which record carries which address, phone, e-mail address or person, of what type, and which is the default. Stands
 * for Sage CRM's Address_Link, PhoneLink, EmailLink and Person_Link.
 */
const LINKS = `
  CREATE TABLE IF NOT EXISTS RecordLink (
    OwnerTable INTEGER NOT NULL, OwnerId INTEGER NOT NULL,
    Target TEXT NOT NULL, TargetId INTEGER NOT NULL,
    Type TEXT COLLATE NOCASE, IsDefault INTEGER NOT NULL,
    PRIMARY KEY (OwnerTable, OwnerId, Target, TargetId)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS RecordLink_Target ON RecordLink (Target, TargetId);
  CREATE UNIQUE INDEX IF NOT EXISTS RecordLink_Default ON RecordLink (OwnerTable, OwnerId, Target) WHERE IsDefault = 1;`

/** Creates what is missing; a database of an earlier run keeps its records. */
export function createSchema(database: Database): void {
  const tables = entities.filter(({ view }) => view === undefined)
  const views = entities.filter(({ view }) => view !== undefined)
  for (const sql of [...tables.map(tableSql), LINKS, ...views.map(viewSql)]) database.script(sql)
  for (const entity of tables) startIds(database, entity)
}

function tableSql(entity: EntityDefinition): string {
  const columns = entity.columns.map((column) => columnSql(column, entity.idColumn))
  const indexes = entity.columns
    .filter(({ indexed }) => indexed)
    .map(({ name }) => indexSql(entity.name, name))
  return [`CREATE TABLE IF NOT EXISTS ${entity.name} (${columns.join(', ')})`, ...indexes].join(';')
}

function columnSql({ name, type }: Column, idColumn: string): string {
  return name === idColumn ? `"${name}" INTEGER PRIMARY KEY AUTOINCREMENT` : `"${name}" ${SQL_TYPES[type]}`
}

function indexSql(table: string, column: string): string {
  return `CREATE INDEX IF NOT EXISTS ${table}_${column} ON ${table} ("${column}")`
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
