import { readJson } from './answer.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { type EntityClient, type EntityContext, entityClient, readEntry } from './entity-client.ts'
import { CrmMisconfiguredError } from './errors.ts'
import { ForeignLinkError, pathUnderBase } from './hypermedia.ts'
import type { Entity } from './prototypes/field.ts'
import type { ParsedEntity } from './prototypes/parse.ts'
import { type QuickFindHit, quickFind } from './quick-find.ts'
import { RELEASES, type ReleaseName } from './release.ts'
import type { Send } from './request.ts'
import { keyOfUrl, type Row, resourcesOf } from './row.ts'
import type { EntityName, TypedEntityClient } from './typed.ts'
import { type Clock, isTimeZone } from './zone.ts'

export type { EntityClient } from './entity-client.ts'
export type { Row } from './row.ts'

export type CrmClientOptions = ConnectionOptions & {
  /** The prototypes that say what may be sent and searched. */
  readonly entities: (name: string) => Promise<Entity>
  /** What may be asked; `any` unless told otherwise. */
  readonly release?: ReleaseName
  /** The verb of a partial update where it is not the release's. */
  readonly updateVerb?: 'PATCH' | 'PUT'
  /** The IANA name of the zone the CRM's server is set to; UTC unless told otherwise. */
  readonly timeZone?: string
  /** How this CRM writes times; `utc` unless told otherwise. */
  readonly instants?: Clock['instants']
}

/** The REST API of one Sage CRM. Every method throws a CrmError; its class is the decision. */
export type CrmClient = {
  /** Fields and selection codes of an entity of the snapshot are checked by the compiler. */
  entity<N extends EntityName>(name: N): TypedEntityClient<N>
  entity(name: string): EntityClient
  /** Asks for one record: do address, user and password work? */
  ping(): Promise<void>
  /** Names of all resources the user can see. */
  resources(): Promise<string[]>
  prototype(name: string): Promise<ParsedEntity>
  /** Records whose titles contain the words, of one entity (a case-sensitive name) or of all. */
  quickFind(words: string, entity?: string): Promise<QuickFindHit[]>
  close(): void
}

/** @throws CrmMisconfiguredError naming what is wrong with an option */
export function createCrmClient(options: CrmClientOptions): CrmClient {
  const { base, send, close } = connect(options)
  const release = RELEASES[options.release ?? 'any']
  const context: EntityContext = {
    send,
    entities: options.entities,
    release,
    verb: { update: options.updateVerb ?? release.updateVerb },
    reading: { clock: clockOf(options), follow: (link) => follow(link, base, context) },
  }
  const entity = (name: string): EntityClient => entityClient(name, context)
  return {
    entity: entity as CrmClient['entity'],
    resources: () => listResources(send),
    prototype: (name) => readPrototype(name, send),
    quickFind: (words, name) => quickFind(send, words, name),
    ping: async () => {
      await send({ method: 'GET', path: 'Company', query: { count: '1', startIndex: '1' } })
    },
    close,
  }
}

function clockOf({ timeZone = 'UTC', instants = 'utc' }: CrmClientOptions): Clock {
  if (!isTimeZone(timeZone)) throw new CrmMisconfiguredError(`there is no time zone "${timeZone}"`)
  return { timeZone, instants }
}

/** Reads the entry a link names: its path alone, at the configured origin. */
async function follow(link: string, base: URL, context: EntityContext): Promise<Row> {
  const path = pathUnderBase(link, base)
  const [name = ''] = decodeURIComponent(path).split('(', 1)
  if (!/^\w+\(/.test(path)) throw new ForeignLinkError('a link does not name a record')
  return readEntry(await context.entities(name), path, keyOfUrl(decodeURIComponent(path)), context)
}

async function listResources(send: Send): Promise<string[]> {
  const json = readJson(await send({ method: 'GET', path: '$prototypes' }))
  const list = (resourcesOf(json) ?? []) as readonly ({ $resourceKind?: unknown } | null)[]
  return list.flatMap((one) => (typeof one?.$resourceKind === 'string' ? [one.$resourceKind] : []))
}

async function readPrototype(name: string, send: Send): Promise<ParsedEntity> {
  const json = readJson(await send({ method: 'GET', path: `$prototypes/${encodeURIComponent(name)}` }))
  const { parsePrototype } = await import('./prototypes/parse.ts')
  try {
    return parsePrototype(resourcesOf(json)?.[0] ?? json, name)
  } catch (cause) {
    throw new CrmMisconfiguredError(`${name}: the CRM's answer is not a prototype`, { cause })
  }
}
