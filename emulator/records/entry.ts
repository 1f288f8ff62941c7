import { createHash } from 'node:crypto'
import type { StoredRow } from '../database/database.ts'
import type { Column, EntityDefinition } from '../entities/entity.ts'
import { mayRead } from './access.ts'
import type { Crm, Session } from './crm.ts'
import { shownValue } from './values.ts'

/** Records that an entry shows inside itself: the JSON of each kind by the name it stands under. */
export type Inside = ReadonlyMap<string, string>
const NOTHING: Inside = new Map()

/**
 * A record as the API shows it, as JSON: `$url`, `$key`, `$title`, the chosen columns in their stored casing, and what it
 * shows inside itself. Written at once: as an object first it would take twice the time.
 * @param hasMembers false: the columns alone
 */
export function entryJson(
  crm: Crm,
  entity: EntityDefinition,
  row: StoredRow,
  session: Session,
  { columns = entity.columns, inside = NOTHING, hasMembers = true }: EntryParts = {},
): string {
  let json = hasMembers ? members(crm, entity, row, session) : ''
  for (const column of columns) {
    if (!mayRead(session.access, column)) continue
    const value = shownValue(column, row[column.name] ?? null, crm)
    json += `,"${column.name}":${typeof value === 'string' ? JSON.stringify(value) : value}`
  }
  for (const [name, shown] of inside) json += `,"${name}":${shown}`
  return `{${json.slice(1)}}`
}

export type EntryParts = {
  readonly columns?: readonly Column[]
  readonly inside?: Inside
  readonly hasMembers?: boolean
}

function members(crm: Crm, entity: EntityDefinition, row: StoredRow, { baseUrl }: Session): string {
  const id = Number(row[entity.idColumn])
  const key = crm.dialect.keyType === 'number' ? id : `"${id}"`
  const etag = crm.dialect.etags === 'sent' ? `,"$etag":"${etagOf(row)}"` : ''
  const [url, title] = [entryUrl(baseUrl, entity, id), titleOf(entity, row)].map((text) =>
    JSON.stringify(text),
  )
  return `,"$url":${url},"$key":${key},"$title":${title}${etag}`
}

/** The same for the same values (SData 2.0, 0903). */
export function etagOf(row: StoredRow): string {
  return createHash('sha1').update(JSON.stringify(row)).digest('base64url')
}

export function entryUrl(baseUrl: string, { name }: EntityDefinition, id: number): string {
  return `${baseUrl}/${name}('${id}')`
}

const LONGEST_TITLE = 100

export function titleOf({ title }: EntityDefinition, row: StoredRow): string {
  const parts = title.map((column) => row[column]).filter((part) => part !== null && part !== '')
  return parts.join(' ').slice(0, LONGEST_TITLE)
}
