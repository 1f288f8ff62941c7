import { parseJson, refuseFailures } from './answer.ts'
import { checkedBody, checkedChanges } from './body.ts'
import { CrmAmbiguousError, CrmNotFoundError } from './errors.ts'
import type { Children } from './plan.ts'
import { type Entity, findField } from './prototypes/field.ts'
import { type ParsedEntity, parsePrototype } from './prototypes/parse.ts'
import { type CrmResponse, chain, type Middleware, type Send } from './request.ts'
import { keyOfUrl, type Row, toRow } from './row.ts'
import { createTransport } from './transport.ts'
import { entryPath, parseBaseUrl } from './url.ts'
import { buildWhere, type Expression } from './where.ts'

export type { Row } from './row.ts'

export type CrmClientOptions = {
  /** Base address of the REST API: `https://host/sdata/crmj/sagecrm2/-`. */
  readonly baseUrl: string
  readonly user: string
  readonly password: string
  readonly requestTimeoutMs: number
  /** Certificates of a CA to trust besides the well-known ones, in PEM. */
  readonly ca?: string
  /** The prototypes that say what may be sent and searched. */
  readonly entities: (name: string) => Promise<Entity>
  /** Around every request, outermost first: breaker, slots. */
  readonly middlewares?: readonly Middleware[]
  /** The verb of a partial update; releases differ in which they document. */
  readonly updateVerb?: 'PATCH' | 'PUT'
}

export type PlainFields = Readonly<Record<string, string | number | boolean | null>>

export type FeedQuery = {
  readonly where?: Expression
  readonly select?: readonly string[]
  /** Rows a page; the CRM may give fewer. */
  readonly count?: number
  /** 1-based. */
  readonly startIndex?: number
  readonly orderBy?: string
}
export type Feed = { readonly totalResults: number; readonly rows: readonly Row[] }

export type EntityClient = {
  feed(query?: FeedQuery): Promise<Feed>
  /** All matching rows, page by page, each once. */
  find(where: Expression, options?: { readonly limit?: number }): Promise<Row[]>
  /** @throws CrmNotFoundError */
  get(key: string): Promise<Row>
  /** @throws CrmRejectedError before anything is sent, when the prototypes forbid a field */
  create(fields: PlainFields, children?: Children): Promise<Row>
  update(key: string, fields: PlainFields): Promise<void>
  delete(key: string): Promise<void>
}

/** The REST API of one Sage CRM. Every method throws a CrmError; its class is the decision. */
export type CrmClient = {
  entity(name: string): EntityClient
  /** Names of all resources the user can see. */
  resources(): Promise<string[]>
  prototype(name: string): Promise<ParsedEntity>
  close(): void
}

const PAGE_SIZE = 100

export function createCrmClient(options: CrmClientOptions): CrmClient {
  const base = parseBaseUrl(options.baseUrl)
  const transport = createTransport({
    base,
    requestTimeoutMs: options.requestTimeoutMs,
    ...(options.ca !== undefined && { ca: options.ca }),
  })
  const middlewares = [
    ...(options.middlewares ?? []),
    refuseFailures,
    basicAuthentication(options.user, options.password),
  ]
  const send = chain(middlewares, transport.send)
  return {
    entity: (name) => entityClient(name, send, options),
    resources: () => listResources(send),
    prototype: async (name) => parsePrototype(await getJson(send, `$prototypes/${encodeURIComponent(name)}`)),
    close: transport.close,
  }
}

function basicAuthentication(user: string, password: string): Middleware {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return (request, next) => next({ ...request, headers: { ...request.headers, authorization } })
}

async function getJson(send: Send, path: string): Promise<unknown> {
  return readJson(await send({ method: 'GET', path }))
}

function readJson({ status, text }: CrmResponse): unknown {
  const json = parseJson(text)
  if (json === undefined)
    throw new CrmAmbiguousError('the CRM answered something that is not JSON', { status })
  return json
}

async function listResources(send: Send): Promise<string[]> {
  const json = (await getJson(send, '$prototypes')) as { $resources?: { $resourceKind?: unknown }[] }
  return (json.$resources ?? []).flatMap(({ $resourceKind }) =>
    typeof $resourceKind === 'string' ? [$resourceKind] : [],
  )
}

function entityClient(name: string, send: Send, options: CrmClientOptions): EntityClient {
  const entity = () => options.entities(name)
  const feed = async (query: FeedQuery = {}) => readFeed(await entity(), send, query)
  return {
    feed,
    find: (where, { limit = Number.POSITIVE_INFINITY } = {}) => walkPages(feed, where, limit),
    get: async (key) => readEntry(await entity(), key, send),
    create: async (fields, children = {}) => create(await entity(), fields, children, send, options),
    update: async (key, fields) => {
      const body = checkedChanges(await entity(), fields)
      await send({ method: options.updateVerb ?? 'PATCH', path: entryPath(name, key), body })
    },
    delete: async (key) => {
      await send({ method: 'DELETE', path: entryPath(name, key) })
    },
  }
}

async function readFeed(entity: Entity, send: Send, query: FeedQuery): Promise<Feed> {
  const response = await send({
    method: 'GET',
    path: encodeURIComponent(entity.name),
    query: feedParameters(entity, query),
  })
  const json = readJson(response) as { $resources?: unknown; $totalResults?: unknown }
  if (!Array.isArray(json.$resources))
    throw new CrmAmbiguousError('the CRM answered something that is not a feed')
  const rows = json.$resources.flatMap((one) => toRow(entity, one, entity.view ? '' : undefined) ?? [])
  return { rows, totalResults: Number(json.$totalResults ?? rows.length) }
}

function feedParameters(
  entity: Entity,
  { where, select, count, startIndex, orderBy }: FeedQuery,
): Record<string, string> {
  const columns = select?.map((name) => findField(entity, name)?.name ?? name)
  return {
    ...(where !== undefined && { where: buildWhere(where, entity) }),
    ...(columns !== undefined && { select: columns.join(',') }),
    ...(count !== undefined && { count: String(count) }),
    ...(startIndex !== undefined && { startIndex: String(startIndex) }),
    ...(orderBy !== undefined && { orderBy }),
  }
}

/** Pages are index based and the CRM may give fewer rows than asked for, so the index advances by what came. */
async function walkPages(feed: EntityClient['feed'], where: Expression, limit: number): Promise<Row[]> {
  const found = new Map<string, Row>()
  let startIndex = 1
  for (;;) {
    const { rows, totalResults } = await feed({ where, startIndex, count: PAGE_SIZE })
    for (const row of rows) found.set(row.key === '' ? `row ${found.size}` : row.key, row)
    startIndex += rows.length
    if (rows.length === 0 || startIndex > totalResults || found.size >= limit) break
  }
  return [...found.values()].slice(0, limit)
}

async function readEntry(entity: Entity, key: string, send: Send): Promise<Row> {
  const response = await send({ method: 'GET', path: entryPath(entity.name, key) })
  const row = toRow(entity, readJson(response), key)
  if (row === undefined) throw new CrmNotFoundError(`${entity.name}: an empty answer`)
  return row
}

async function create(
  entity: Entity,
  fields: PlainFields,
  children: Children,
  send: Send,
  { entities }: CrmClientOptions,
): Promise<Row> {
  const body = await checkedBody(entity, fields, children, entities)
  const response = await send({ method: 'POST', path: encodeURIComponent(entity.name), body })
  const key = keyOfUrl(response.headers['location'])
  const row = toRow(entity, parseJson(response.text) ?? {}, key)
  if (row === undefined) {
    throw new CrmAmbiguousError(`${entity.name}: created, but the answer does not say as what`, {
      status: response.status,
    })
  }
  return row
}
