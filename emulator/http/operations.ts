import type { EntityDefinition } from '../entities/entity.ts'
import { changeRecord, deleteRecord } from '../records/change.ts'
import { createRecord } from '../records/create.ts'
import { type Crm, requireRecord, type Session } from '../records/crm.ts'
import { entryUrl, toEntry } from '../records/entry.ts'
import { readPage, selectedColumns } from '../records/feed.ts'
import { linkedEntries } from '../records/linked.ts'
import { refuse } from '../refusal.ts'
import type { Address } from './address.ts'
import { feedQuery } from './query.ts'
import { parseBody } from './request-body.ts'
import { json } from './respond.ts'

/** One authenticated request about one entity. */
export type Call = {
  readonly crm: Crm
  readonly entity: EntityDefinition
  readonly address: Address
  /** Query parameters by lower-case name. */
  readonly parameters: ReadonlyMap<string, string>
  readonly session: Session
  /** The request's body as text. */
  readonly body: string
}

export function readFeed({ crm, entity, parameters, session }: Call): Response {
  const query = feedQuery(parameters, crm.dialect)
  const columns = selectedColumns(entity, query.select)
  const { total, rows } = readPage(crm, entity, query)
  return json(200, {
    $url: `${session.baseUrl}/${entity.name}`,
    $title: `Sage CRM | ${entity.name}`,
    $totalResults: total,
    $startIndex: query.startIndex,
    $itemsPerPage: query.count,
    $resources: rows.map((row) => toEntry(crm, entity, row, session, columns)),
  })
}

export function readEntry(call: Call): Response {
  const { crm, entity, parameters, session } = call
  const row = requireRecord(crm, entity, keyOf(call))
  const select = parameters.get('select') || undefined
  const entry = toEntry(crm, entity, row, session, selectedColumns(entity, select))
  return json(200, select === undefined ? { ...entry, ...linkedEntries(crm, entity, row, session) } : entry)
}

export function create(call: Call): Response {
  const { crm, entity, session } = call
  refuseWrites(entity)
  const { id, submitted } = createRecord(crm, entity, parseBody(call.body), session)
  return json(crm.dialect.createStatus, echo(call, id, submitted), {
    location: entryUrl(session.baseUrl, entity, id),
  })
}

export function update(call: Call): Response {
  const { crm, entity, session } = call
  refuseWrites(entity)
  const body = parseBody(call.body)
  const id = idOf(call)
  return json(200, echo(call, id, changeRecord(crm, entity, id, body, session)))
}

/** A blank answer, as integrators report. */
export function remove(call: Call): Response {
  const { crm, entity, session } = call
  refuseWrites(entity)
  deleteRecord(crm, entity, idOf(call), session)
  return new Response(null, { status: crm.dialect.deleteStatus })
}

/**
 * What a write answers: the id and the submitted fields, read from memory, unless `returnPartial=false` asks for the
 * whole record (documented by Sage).
 */
function echo({ crm, entity, parameters, session }: Call, id: number, submitted: ReadonlySet<string>) {
  const row = requireRecord(crm, entity, String(id))
  const isPartial = parameters.get('returnpartial')?.toLowerCase() !== 'false'
  const shown = ({ name }: { name: string }) => name === entity.idColumn || submitted.has(name)
  return toEntry(crm, entity, row, session, isPartial ? entity.columns.filter(shown) : entity.columns)
}

function idOf(call: Call): number {
  return Number(requireRecord(call.crm, call.entity, keyOf(call))[call.entity.idColumn])
}

/** The key in the address, or that of the one record its selector chooses. */
function keyOf({ crm, entity, address }: Call): string {
  if (address.key !== undefined) return address.key
  const { total, rows } = readPage(crm, entity, { where: address.selector ?? '', startIndex: 1, count: 1 })
  const [row] = rows
  if (row === undefined)
    throw refuse(404, 'ApplicationDiagnosis', `there is no ${entity.name} (${address.selector})`)
  if (total > 1)
    throw refuse(400, 'BadUrlSyntax', `(${address.selector}) selects ${total} records of ${entity.name}`)
  return String(row[entity.idColumn])
}

function refuseWrites({ name, view, readOnly }: EntityDefinition): void {
  if (view === undefined && readOnly !== true) return
  throw refuse(405, 'ApplicationDiagnosis', `${name} is ${view === undefined ? '' : 'a view and '}read-only`)
}
