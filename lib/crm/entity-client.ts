import { parseJson, readJson } from './answer.ts'
import { checkedBody, checkedChanges, refuseView } from './body.ts'
import { CrmAmbiguousError, CrmError, CrmNotFoundError, CrmRejectedError } from './errors.ts'
import { type Feed, type FeedContext, type FeedQuery, readFeed } from './feed.ts'
import { narrow } from './narrow.ts'
import { collect, type Found, walkPages } from './pages.ts'
import { type Entity, findField } from './prototypes/field.ts'
import type { CrmRequest, CrmResponse } from './request.ts'
import { keyOfUrl, type Row, resourcesOf, toRow } from './row.ts'
import type { GivenChildren, ReadOptions, WriteOptions } from './typed.ts'
import { entryPath } from './url.ts'
import { buildWhere, type Expression, fieldOf, WhereError } from './where.ts'

export type PlainFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export type EntityClient = {
  /** One page. */
  feed(query?: FeedQuery): Promise<Feed>
  /** All pages, each record once, in the order of their ids where the release can. */
  pages(query?: FeedQuery): AsyncIterable<Feed>
  /** All rows that satisfy a condition, or the first `limit`. */
  find(where: Expression, options?: { readonly limit?: number }): Promise<Found>
  /** @throws CrmNotFoundError */
  get(key: string, options?: ReadOptions): Promise<Row>
  /** The one record that a condition selects, by Sage CRM's own form `company(comp_companyid eq '962')`. */
  select(where: Expression): Promise<Row>
  /** @throws CrmRejectedError before anything is sent, when the prototypes forbid a field */
  create(fields: PlainFields, children?: GivenChildren, options?: WriteOptions): Promise<Row>
  /** Partial: what is absent stays, null clears. The row holds what the CRM says it stored, if it says anything. */
  update(key: string, fields: PlainFields, options?: WriteOptions): Promise<Row>
  delete(key: string, options?: Pick<WriteOptions, 'mayBegin'>): Promise<void>
}

export type EntityContext = FeedContext & {
  readonly entities: (name: string) => Promise<Entity>
  /** The verb of a partial update, as it turned out to be. */
  readonly verb: { update: 'PATCH' | 'PUT' }
}

/** The operations on one entity or view. */
export function entityClient(name: string, context: EntityContext): EntityClient {
  const entity = () => context.entities(name)
  const feed = async (query: FeedQuery = {}) => readFeed(await entity(), context, query)
  const pages = (query: FeedQuery = {}) => pagesOf(entity, feed, query)
  return {
    feed,
    pages,
    find: (where, { limit = Number.POSITIVE_INFINITY } = {}) => collect(pages({ where }), limit),
    get: async (key, options = {}) => readEntry(await entity(), entryPath(name, key), key, context, options),
    select: async (where) => select(await entity(), where, context),
    create: async (fields, children = {}, options = {}) =>
      create(await entity(), fields, children, context, options),
    update: async (key, fields, options = {}) => update(await entity(), key, fields, context, options),
    delete: async (key, options = {}) => {
      refuseView(await entity())
      await context.send({ method: 'DELETE', path: entryPath(name, key), ...timely(options) })
    },
  }
}

/** Index-based pages are only stable in a fixed order; releases that do not know orderBy ignore it. */
async function* pagesOf(
  entity: () => Promise<Entity>,
  feed: (query: FeedQuery) => Promise<Feed>,
  query: FeedQuery,
): AsyncGenerator<Feed, void, undefined> {
  const { idField } = await entity()
  const orderBy = query.orderBy ?? idField
  yield* walkPages(feed, orderBy === undefined ? query : { ...query, orderBy })
}

/** Whether an unknown id is a 404 or a feed of nothing is not documented. An answer about something else is neither. */
export async function readEntry(
  entity: Entity,
  path: string,
  key: string | undefined,
  { send, reading }: EntityContext,
  options: ReadOptions = {},
): Promise<Row> {
  const json = readJson(await send({ method: 'GET', path, query: readParameters(entity, options) }))
  const resources = resourcesOf(json)
  if (resources?.length === 0) throw new CrmNotFoundError(`${entity.name}: no such record`)
  const entry = resources === undefined ? json : resources[0]
  const row = toRow(entity, entry, reading, isOf(entity, entry) ? key : undefined)
  if (row === undefined) throw new CrmAmbiguousError(`${entity.name}: the answer is not a record`)
  return row
}

function readParameters(entity: Entity, { select: names, include }: ReadOptions): Record<string, string> {
  return refusing(entity, () => ({
    ...(names !== undefined && { select: names.map((name) => fieldOf(entity, name).name).join(',') }),
    ...(include !== undefined && { include: include.join(',') }),
  }))
}

/** Whether an answer holds at least one field of the entity. */
function isOf(entity: Entity, json: unknown): boolean {
  return Object.keys(json ?? {}).some((name) => findField(entity, name) !== undefined)
}

async function select(entity: Entity, where: Expression, context: EntityContext): Promise<Row> {
  const condition = refusing(entity, () => selector(where, entity, context))
  const path = `${encodeURIComponent(entity.name)}(${encodeURIComponent(condition)})`
  return readEntry(entity, path, undefined, context)
}

/** An address names one record, so there is nothing to over-fetch. */
function selector(where: Expression, entity: Entity, { release, reading }: EntityContext): string {
  const { ask, exact } = narrow(where, entity, release)
  if (ask === undefined || !exact)
    throw new WhereError('this release cannot be asked for one record by this condition; use find')
  return buildWhere(ask, entity, { dateLiteral: release.dateLiteral, timeZone: reading.clock.timeZone })
}

function refusing<T>(entity: Entity, build: () => T): T {
  try {
    return build()
  } catch (cause) {
    if (!(cause instanceof WhereError)) throw cause
    throw new CrmRejectedError(`${entity.name}: ${cause.message}`, [cause.message], { cause })
  }
}

async function create(
  entity: Entity,
  fields: PlainFields,
  children: GivenChildren,
  { send, reading, entities }: EntityContext,
  options: WriteOptions,
): Promise<Row> {
  const body = await checkedBody(entity, fields, children, { entities, clock: reading.clock })
  const path = encodeURIComponent(entity.name)
  const response = await send({
    method: 'POST',
    path,
    query: writeParameters(options),
    body,
    ...timely(options),
  })
  const key = keyOfUrl(response.headers['location'])
  const row = toRow(entity, parseJson(response.text) ?? {}, reading, key)
  if (row === undefined) {
    throw new CrmAmbiguousError(`${entity.name}: created, but the answer does not say as what`, {
      status: response.status,
    })
  }
  return row
}

async function update(
  entity: Entity,
  key: string,
  fields: PlainFields,
  context: EntityContext,
  options: WriteOptions,
): Promise<Row> {
  const { reading } = context
  const body = checkedChanges(entity, fields, reading.clock)
  const path = entryPath(entity.name, key)
  const request = { path, query: writeParameters(options), body, ...timely(options) }
  const response = await sendUpdate(context, request)
  const row = toRow(entity, readWritten(response), reading, key)
  if (row === undefined)
    throw new CrmAmbiguousError(`${entity.name}: changed, but the answer is not a record`)
  return row
}

const OTHER_VERB = { PATCH: 'PUT', PUT: 'PATCH' } as const

/** Releases differ in the verb they document. One that knows only the other says 405 and has changed nothing. */
async function sendUpdate(
  { send, verb }: EntityContext,
  request: Omit<CrmRequest, 'method'>,
): Promise<CrmResponse> {
  const tried = verb.update
  try {
    return await send({ ...request, method: tried })
  } catch (error) {
    if (!(error instanceof CrmError) || error.status !== 405) throw error
    const response = await send({ ...request, method: OTHER_VERB[tried] })
    verb.update = OTHER_VERB[tried]
    return response
  }
}

function writeParameters({ returnPartial }: WriteOptions): Record<string, string> {
  return returnPartial === false ? { returnPartial: 'false' } : {}
}

/** Whether it may still be sent is asked by the transport, at the very moment. */
function timely({ mayBegin }: Pick<WriteOptions, 'mayBegin'>): Pick<CrmRequest, 'mayBegin'> {
  return mayBegin === undefined ? {} : { mayBegin }
}

/** What a write answered. Nothing at all is an answer, too; a page in place of JSON is not. */
function readWritten(response: CrmResponse): unknown {
  return response.text.trim() === '' ? {} : readJson(response)
}
