import type { EntityDefinition } from '../entities/entity.ts'
import { entities } from '../entities/index.ts'
import { readableColumns } from '../records/access.ts'
import { type Crm, isVisible, type Session } from '../records/crm.ts'
import { entryUrl } from '../records/entry.ts'
import { refuse } from '../refusal.ts'

/** The entities Quick Find searches when `entity` names none (2022 R1), and in that order. Names are case-sensitive. */
const SEARCHED = [
  'Company',
  'Person',
  'Opportunity',
  'Lead',
  'Communication',
  'Orders',
  'Quotes',
  'Cases',
  'Solutions',
  'Library',
]
const MOST = 50

/**
 * `$service/quickFind/getResults?query=…&entity=Company`: records whose title contains the words. The address and the
 * names are documented (2022 R1), what comes back is not: a feed of entries that name their entity, or a list.
 * @throws Refusal 404 for another service, 400 naming a parameter that is missing or wrong
 */
export function quickFind(crm: Crm, path: string, parameters: ReadonlyMap<string, string>, session: Session) {
  if (crm.dialect.quickFind === 'none' || path.toLowerCase() !== 'quickfind/getresults')
    throw refuse(404, 'ApplicationNotFound', `there is no service "${path}"`)
  const words = parameters.get('query')?.trim() ?? ''
  if (words === '') throw refuse(400, 'BadQueryParameter', 'query must not be empty')
  const wanted = crm.dialect.quickFind === 'entity' ? parameters.get('entity') : undefined
  const found = searched(wanted).flatMap((entity) => search(crm, entity, words, session))
  if (crm.dialect.quickFindAnswer === 'list')
    return found.slice(0, MOST).map(({ $url, $title }) => ({ $url, $title }))
  return {
    $totalResults: found.length,
    $startIndex: 1,
    $itemsPerPage: MOST,
    $resources: found.slice(0, MOST),
  }
}

function searched(name: string | undefined): readonly EntityDefinition[] {
  const tables = entities.filter(({ view }) => view === undefined)
  const names = name === undefined ? SEARCHED : [name]
  const found = names.flatMap((one) => tables.filter((entity) => entity.name === one))
  if (name !== undefined && found.length === 0)
    throw refuse(400, 'BadQueryParameter', `entity: there is no "${name}" (names are case-sensitive)`)
  return found
}

function search(crm: Crm, entity: EntityDefinition, words: string, session: Session) {
  const readable = new Set(readableColumns(entity, session.access).map(({ name }) => name.toLowerCase()))
  const columns = entity.title.filter((name) => readable.has(name.toLowerCase()))
  if (columns.length === 0) return []
  const title = columns.map((name) => `coalesce("${name}", '')`).join(" || ' ' || ")
  const visible = isVisible(entity, session)
  const rows = crm.database.all(
    `SELECT "${entity.idColumn}" AS id, ${title} AS title FROM "${entity.name}"
     WHERE ${visible.sql} AND instr(fold(${title}), fold(?)) > 0 ORDER BY 1 LIMIT ?`,
    ...visible.parameters,
    words,
    MOST,
  )
  return rows.map(({ id, title: text }) => ({
    $url: entryUrl(session.baseUrl, entity, Number(id)),
    $key: crm.dialect.keyType === 'number' ? Number(id) : String(id),
    $title: String(text).trim(),
    $resourceKind: entity.name,
  }))
}
