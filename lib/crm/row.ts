import { CrmMisconfiguredError } from './errors.ts'
import type { Entity } from './prototypes/field.ts'
import { type Clock, toDate, toInstant } from './zone.ts'

/** A record as the CRM returned it. */
export type Row = {
  /** `$key`, always a string. Empty for a row of a view that has none. */
  readonly key: string
  /** A field's value whatever its casing; undefined when the answer has no such field. */
  get(field: string): unknown
  /** A field's time in UTC, `2026-11-24T02:30:00Z`, whatever zone the CRM wrote it in; undefined when it has none. */
  instant(field: string): string | undefined
  /** A field's day in the zone of the CRM, `2026-11-24`; undefined when it has none. */
  date(field: string): string | undefined
  /** The records linked under a name (`Person`, `Email`): one object, a list, or a list under `$resources`. */
  linked(name: string): readonly Row[]
  /**
   * Follows the link to the first record under a name. Only the path of its `$url` is taken; see hypermedia.ts.
   * @throws ForeignLinkError when it leads out of the API, CrmMisconfiguredError when there is no such link, or what a
   *   read throws
   */
  link(name: string): Promise<Row>
}

/** What reading a row needs to know of the CRM it came from. */
export type Reading = { readonly clock: Clock; follow(link: string): Promise<Row> }

type Values = ReadonlyMap<string, unknown>

/** Reads an entry. undefined when nothing in it says which record it is. */
export function toRow(
  entity: Entity,
  json: unknown,
  reading: Reading,
  fallbackKey?: string,
): Row | undefined {
  const values = valuesOf(json)
  if (values === undefined) return undefined
  const { idField } = entity
  const id = idField === undefined ? undefined : asKey(values.get(idField.toLowerCase()))
  const key = ownKey(values) ?? id ?? fallbackKey
  return key === undefined ? undefined : row(key, values, reading)
}

/** The list a feed, or a collection of linked records, keeps under `$resources`. undefined when it is neither. */
export function resourcesOf(json: unknown): readonly unknown[] | undefined {
  const resources = valuesOf(json)?.get('$resources')
  return Array.isArray(resources) ? resources : undefined
}

function row(key: string, values: Values, reading: Reading): Row {
  const get: Row['get'] = (field) => values.get(field.toLowerCase())
  const { timeZone } = reading.clock
  const text = (field: string) => String(get(field) ?? '')
  return {
    key,
    get,
    instant: (field) => toInstant(text(field), timeZone),
    date: (field) => toDate(text(field), timeZone),
    linked: (name) => linkedRows(get(name), reading),
    link: async (name) => reading.follow(urlOf(name, get(name))),
  }
}

function linkedRows(value: unknown, reading: Reading): Row[] {
  return listOf(value).flatMap((one: unknown) => {
    const values = valuesOf(one)
    return values === undefined ? [] : [row(ownKey(values) ?? '', values, reading)]
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : (resourcesOf(value) ?? [value])
}

function urlOf(name: string, value: unknown): string {
  const url = valuesOf(listOf(value)[0])?.get('$url')
  if (typeof url === 'string') return url
  throw new CrmMisconfiguredError(`the record has no link to ${name}`)
}

/** Members by lower-case name: Sage CRM's casing is a mix, and differs between releases. */
function valuesOf(json: unknown): Values | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const values = new Map<string, unknown>()
  for (const [name, value] of Object.entries(json)) values.set(name.toLowerCase(), value)
  return values
}

function ownKey(values: Values): string | undefined {
  return asKey(values.get('$key')) ?? keyOfUrl(values.get('$url'))
}

function asKey(value: unknown): string | undefined {
  return (typeof value === 'number' || typeof value === 'string') && value !== '' ? String(value) : undefined
}

/** `…/company('43')` → `43` */
export function keyOfUrl(url: unknown): string | undefined {
  return typeof url === 'string' ? /\('([^']+)'\)\/?$/.exec(url)?.[1] : undefined
}
