import type { StoredRow } from '../database/database.ts'
import type { EntityDefinition } from '../entities/entity.ts'
import { changeRecord, deleteRecord } from '../records/change.ts'
import { createRecord } from '../records/create.ts'
import { type Crm, noSuchRecord, requireRecord, type Session } from '../records/crm.ts'
import { entryJson, entryUrl, etagOf, type Inside } from '../records/entry.ts'
import { readPage, selectedColumns } from '../records/feed.ts'
import { linkedEntries } from '../records/linked.ts'
import { Refusal, refuse } from '../refusal.ts'
import type { Address } from './address.ts'
import { emptyFeed, type FeedQuery, feedQuery } from './query.ts'
import type { Reply } from './reply.ts'
import { parseBody } from './request-body.ts'
import { blank, json, jsonText } from './respond.ts'

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
  readonly ifMatch: string | undefined
  readonly onlyChildren?: number
}

export function readFeed(call: Call, query: FeedQuery = feedQuery(call.parameters, call.crm.dialect)): Reply {
  const { crm, entity, session } = call
  const columns = selectedColumns(entity, query.select, session)
  const hasMembers = showsMembers(crm, query.select)
  const { total, rows } = readPage(crm, entity, query, session)
  const head = {
    $url: `${session.baseUrl}/${entity.name}`,
    $title: `Sage CRM | ${entity.name}`,
    $totalResults: total,
    $startIndex: query.startIndex,
    $itemsPerPage: query.count,
  }
  const entries = rows.map((row) =>
    entryJson(crm, entity, row, session, { columns, inside: included(call, row), hasMembers }),
  )
  return jsonText(200, `${JSON.stringify(head).slice(0, -1)},"$resources":[${entries.join()}]}`)
}

export function readEntry(call: Call): Reply {
  const { crm, entity, parameters, session } = call
  const row = knownRow(call)
  if (row === undefined) return json(200, emptyFeed(`${session.baseUrl}/${entity.name}`))
  const select = parameters.get('select') || undefined
  const isLinked = select === undefined && ['object', 'resources'].includes(crm.dialect.linked)
  const entry = entryJson(crm, entity, row, session, {
    columns: selectedColumns(entity, select, session),
    inside: isLinked ? linkedEntries(crm, entity, row, session) : included(call, row),
    hasMembers: showsMembers(crm, select),
  })
  return jsonText(200, entry, crm.dialect.etags === 'sent' ? { etag: quotedTag(row) } : {})
}

/** Whether `$url`, `$key` and `$title` are there: a release may leave out what `select` does not name. */
function showsMembers({ dialect }: Crm, select: string | undefined): boolean {
  return select === undefined || dialect.selectMembers === 'kept'
}

/** The linked records that `include` names, where a release waits to be asked. */
function included({ crm, entity, parameters, session }: Call, row: StoredRow): Inside {
  const wanted = (parameters.get('include') ?? '').split(',').map((name) => name.trim().toLowerCase())
  if (crm.dialect.linked === 'none' || wanted[0] === '') return new Map()
  const isWanted = (name: string) => wanted.some((one) => [name, `${name}collection`].includes(one))
  const all = linkedEntries(crm, entity, row, session)
  return new Map([...all].filter(([name]) => isWanted(name.toLowerCase())))
}

/** undefined where a release answers an unknown id with a feed of nothing. */
function knownRow(call: Call): StoredRow | undefined {
  try {
    return requireRecord(call.crm, call.entity, keyOf(call), call.session)
  } catch (error) {
    const isUnknown = error instanceof Refusal && error.status === 404
    if (isUnknown && call.crm.dialect.unknownId === 'empty') return undefined
    throw error
  }
}

/** Creates, unless the release takes a POST with a condition for a query. */
export function post(call: Call): Reply {
  const { crm, parameters } = call
  const query = feedQuery(parameters, crm.dialect)
  if (crm.dialect.postQuery === 'parameter' && query.where !== undefined) return readFeed(call, query)
  const body = parseBody(call.body)
  const { where } = body
  if (crm.dialect.postQuery === 'body' && typeof where === 'string')
    return readFeed(call, { ...query, where })
  return create(call, body)
}

function create(call: Call, body: Readonly<Record<string, unknown>>): Reply {
  const { crm, entity, session, onlyChildren } = call
  refuseWrites(entity)
  const { id, submitted } = createRecord(crm, entity, body, session, onlyChildren)
  const location = entryUrl(session.baseUrl, entity, id)
  return written(call, id, submitted, crm.dialect.createStatus, { location })
}

export function update(call: Call): Reply {
  const { crm, entity, session } = call
  refuseWrites(entity)
  const body = parseBody(call.body)
  const id = idOf(call)
  return written(call, id, changeRecord(crm, entity, id, body, session), 200, {})
}

/** A blank answer, as integrators report. */
export function remove(call: Call): Reply {
  const { crm, entity, session } = call
  refuseWrites(entity)
  deleteRecord(crm, entity, idOf(call), session)
  return blank(crm.dialect.deleteStatus)
}

/**
 * What a write answers: as the switch writeAnswer has it, unless `returnPartial=false` asks for the whole record as it
 * is in the database (documented by Sage).
 */
function written(
  { crm, entity, parameters, session }: Call,
  id: number,
  submitted: ReadonlySet<string>,
  status: number,
  headers: Readonly<Record<string, string>>,
): Reply {
  const isWhole = parameters.get('returnpartial')?.toLowerCase() === 'false'
  const answer = isWhole ? 'full' : crm.dialect.writeAnswer
  if (answer === 'empty') return blank(status, headers)
  const row = requireRecord(crm, entity, String(id), session)
  const shown = ({ name }: { name: string }) => name === entity.idColumn || submitted.has(name)
  const columns = answer === 'full' ? entity.columns : entity.columns.filter(shown)
  return jsonText(status, entryJson(crm, entity, row, session, { columns }), headers)
}

/** @throws Refusal 412 when the record is another than the request was made for */
function idOf({ crm, entity, session, ifMatch, ...call }: Call): number {
  const row = requireRecord(crm, entity, keyOf({ crm, entity, session, ifMatch, ...call }), session)
  const isOther = ifMatch !== undefined && ![quotedTag(row), '*'].includes(ifMatch)
  if (crm.dialect.etags === 'sent' && isOther)
    throw refuse(412, 'ApplicationDiagnosis', `the ${entity.name} has changed since: If-Match does not hold`)
  return Number(row[entity.idColumn])
}

function quotedTag(row: StoredRow): string {
  return `"${etagOf(row)}"`
}

/** The key in the address, or that of the one record its selector chooses. */
function keyOf({ crm, entity, address, session }: Call): string {
  if (address.key !== undefined) return address.key
  const query = { where: address.selector ?? '', startIndex: 1, count: 1 }
  const { total, rows } = readPage(crm, entity, query, session)
  const [row] = rows
  if (row === undefined) throw noSuchRecord(crm, `there is no ${entity.name} (${address.selector})`)
  if (total > 1)
    throw refuse(400, 'BadUrlSyntax', `(${address.selector}) selects ${total} records of ${entity.name}`)
  return String(row[entity.idColumn])
}

function refuseWrites({ name, view, readOnly }: EntityDefinition): void {
  if (view === undefined && readOnly !== true) return
  throw refuse(405, 'ApplicationDiagnosis', `${name} is ${view === undefined ? '' : 'a view and '}read-only`)
}
