import { createHash } from 'node:crypto'
import type { StoredRow } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import { mayRead } from './access.ts'
import type { Crm, Session } from './crm.ts'
import { shownValue } from './values.ts'

/** A record as the API shows it. */
export type Entry = Record<string, unknown>

/** `$url`, `$key`, `$title` and the chosen columns in their stored casing. */
export function toEntry(
  crm: Crm,
  entity: EntityDefinition,
  row: StoredRow,
  { baseUrl, access }: Session,
  columns: readonly Column[] = entity.columns,
): Entry {
  const id = Number(row[entity.idColumn])
  const entry: Entry = {
    $url: entryUrl(baseUrl, entity, id),
    $key: crm.dialect.keyType === 'number' ? id : String(id),
    $title: titleOf(entity, row),
  }
  if (crm.dialect.etags === 'sent') entry['$etag'] = etagOf(row)
  for (const column of columns) {
    if (mayRead(access, column)) entry[column.name] = shownValue(column, row[column.name] ?? null, crm)
  }
  return entry
}

/** The fields alone, where a release leaves out what `select` does not name. */
export function asSelected(entry: Entry, { dialect }: Crm, select: string | undefined): Entry {
  if (select === undefined || dialect.selectMembers === 'kept') return entry
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !name.startsWith('$')))
}

/** The same for the same values (SData 2.0, 0903). */
export function etagOf(row: StoredRow): string {
  return createHash('sha1').update(JSON.stringify(row)).digest('base64url')
}

export function entryUrl(baseUrl: string, { name }: EntityDefinition, id: number): string {
  return `${baseUrl}/${name}('${id}')`
}

const LONGEST_TITLE = 100

function titleOf({ title }: EntityDefinition, row: StoredRow): string {
  const parts = title.map((column) => row[column]).filter((part) => part !== null && part !== '')
  return parts.join(' ').slice(0, LONGEST_TITLE)
}
