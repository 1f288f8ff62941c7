import type { StoredRow } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import type { Crm, Session } from './crm.ts'
import { shownValue } from './values.ts'

/** A record as the API shows it. */
export type Entry = Record<string, unknown>

/** `$url`, `$key`, `$title` and the chosen columns in their stored casing. */
export function toEntry(
  { dialect }: Crm,
  entity: EntityDefinition,
  row: StoredRow,
  { baseUrl }: Pick<Session, 'baseUrl'>,
  columns: readonly Column[] = entity.columns,
): Entry {
  const id = Number(row[entity.idColumn])
  const fields = columns.map((column) => [column.name, shownValue(column, row[column.name] ?? null)] as const)
  return {
    $url: entryUrl(baseUrl, entity, id),
    $key: dialect.keyType === 'number' ? id : String(id),
    $title: titleOf(entity, row),
    ...Object.fromEntries(fields),
  }
}

export function entryUrl(baseUrl: string, { name }: EntityDefinition, id: number): string {
  return `${baseUrl}/${name}('${id}')`
}

const LONGEST_TITLE = 100

function titleOf({ title }: EntityDefinition, row: StoredRow): string {
  const parts = title.map((column) => row[column]).filter((part) => part !== null && part !== '')
  return parts.join(' ').slice(0, LONGEST_TITLE)
}
