import { parseJson, readJson, refuseFailures } from './answer.ts'
import { checkedBody, checkedChanges, refuseView } from './body.ts'
import { CrmAmbiguousError, CrmMisconfiguredError, CrmNotFoundError } from './errors.ts'
import { type Feed, type FeedQuery, readFeed, walkPages } from './feed.ts'
import type { Children } from './plan.ts'
import { type Entity, findField } from './prototypes/field.ts'
import { type ParsedEntity, parsePrototype } from './prototypes/parse.ts'
import { type CrmResponse, chain, type Middleware, type Send } from './request.ts'
import { keyOfUrl, type Row, resourcesOf, toRow } from './row.ts'
import { createTransport } from './transport.ts'
import { entryPath, parseBaseUrl } from './url.ts'
import type { Expression } from './where.ts'

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

export type EntityClient = {
  feed(query?: FeedQuery): Promise<Feed>
  /** All matching rows, page by page, each once. */
  find(where: Expression, options?: { readonly limit?: number }): Promise<Row[]>
  /** @throws CrmNotFoundError */
  get(key: string): Promise<Row>
  /** @throws CrmRejectedError before anything is sent, when the prototypes forbid a field */
  create(fields: PlainFields, children?: Children): Promise<Row>
  /** Partial: what is absent stays. The row holds what the CRM says it stored, if it says anything. */
  update(key: string, fields: PlainFields): Promise<Row>
  delete(key: string): Promise<void>
}

/** The REST API of one Sage CRM. Every method throws a CrmError; its class is the decision. */
export type CrmClient = {
  entity(name: string): EntityClient
  /** Asks for one record: do address, user and password work? */
  ping(): Promise<void>
  /** Names of all resources the user can see. */
  resources(): Promise<string[]>
  prototype(name: string): Promise<ParsedEntity>
  close(): void
}

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
    prototype: (name) => readPrototype(name, send),
    ping: async () => {
      await send({ method: 'GET', path: 'Company', query: { count: '1', startIndex: '1' } })
    },
    close: transport.close,
  }
}

function basicAuthentication(user: string, password: string): Middleware {
  if (user.includes(':')) throw new CrmMisconfiguredError('the CRM user must not contain a colon')
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return (request, next) => next({ ...request, headers: { ...request.headers, authorization } })
}

async function listResources(send: Send): Promise<string[]> {
  const json = readJson(await send({ method: 'GET', path: '$prototypes' }))
  const list = (resourcesOf(json) ?? []) as readonly ({ $resourceKind?: unknown } | null)[]
  return list.flatMap((one) => (typeof one?.$resourceKind === 'string' ? [one.$resourceKind] : []))
}

async function readPrototype(name: string, send: Send): Promise<ParsedEntity> {
  const json = readJson(await send({ method: 'GET', path: `$prototypes/${encodeURIComponent(name)}` }))
  try {
    return parsePrototype(resourcesOf(json)?.[0] ?? json, name)
  } catch (cause) {
    throw new CrmMisconfiguredError(`${name}: the CRM's answer is not a prototype`, { cause })
  }
}

function entityClient(name: string, send: Send, options: CrmClientOptions): EntityClient {
  const entity = () => options.entities(name)
  const feed = async (query: FeedQuery = {}) => readFeed(await entity(), send, query)
  return {
    feed,
    find: (where, { limit = Number.POSITIVE_INFINITY } = {}) => walkPages(feed, where, limit),
    get: async (key) => readEntry(await entity(), key, send),
    create: async (fields, children = {}) => create(await entity(), fields, children, send, options),
    update: async (key, fields) => update(await entity(), key, fields, send, options.updateVerb ?? 'PATCH'),
    delete: async (key) => {
      refuseView(await entity())
      await send({ method: 'DELETE', path: entryPath(name, key) })
    },
  }
}

/** Whether an unknown id is a 404 or a feed of nothing is not documented. An answer about something else is neither. */
async function readEntry(entity: Entity, key: string, send: Send): Promise<Row> {
  const json = readJson(await send({ method: 'GET', path: entryPath(entity.name, key) }))
  const resources = resourcesOf(json)
  if (resources?.length === 0) throw new CrmNotFoundError(`${entity.name}: no such record`)
  const entry = resources === undefined ? json : resources[0]
  const row = toRow(entity, entry, isOf(entity, entry) ? key : undefined)
  if (row === undefined) throw new CrmAmbiguousError(`${entity.name}: the answer is not a record`)
  return row
}

/** Whether an answer holds at least one field of the entity. */
function isOf(entity: Entity, json: unknown): boolean {
  return Object.keys(json ?? {}).some((name) => findField(entity, name) !== undefined)
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

async function update(
  entity: Entity,
  key: string,
  fields: PlainFields,
  send: Send,
  method: 'PATCH' | 'PUT',
): Promise<Row> {
  const body = checkedChanges(entity, fields)
  const response = await send({ method, path: entryPath(entity.name, key), body })
  const row = toRow(entity, readWritten(response), key)
  if (row === undefined)
    throw new CrmAmbiguousError(`${entity.name}: changed, but the answer is not a record`)
  return row
}

/** What a write answered. Nothing at all is an answer, too; a page in place of JSON is not. */
function readWritten(response: CrmResponse): unknown {
  return response.text.trim() === '' ? {} : readJson(response)
}
