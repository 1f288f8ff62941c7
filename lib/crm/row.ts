import type { Entity } from './prototypes/field.ts'

/** A record as the CRM returned it. */
export type Row = {
  /** `$key`, always a string. Empty for a row of a view that has none. */
  readonly key: string
  /** A field's value whatever its casing; undefined when the answer has no such field. */
  get(field: string): unknown
  /** The records linked under a name (`Person`, `Email`): one object, a list, or a list under `$resources`. */
  linked(name: string): readonly Row[]
}

type Values = ReadonlyMap<string, unknown>

/** Reads an entry. undefined when nothing in it says which record it is. */
export function toRow(entity: Entity, json: unknown, fallbackKey?: string): Row | undefined {
  const values = valuesOf(json)
  if (values === undefined) return undefined
  const { idField } = entity
  const id = idField === undefined ? undefined : asKey(values.get(idField.toLowerCase()))
  const key = ownKey(values) ?? id ?? fallbackKey
  return key === undefined ? undefined : row(key, values)
}

/** The list a feed, or a collection of linked records, keeps under `$resources`. undefined when it is neither. */
export function resourcesOf(json: unknown): readonly unknown[] | undefined {
  const resources = valuesOf(json)?.get('$resources')
  return Array.isArray(resources) ? resources : undefined
}

function row(key: string, values: Values): Row {
  const get: Row['get'] = (field) => values.get(field.toLowerCase())
  return { key, get, linked: (name) => linkedRows(get(name)) }
}

function linkedRows(value: unknown): Row[] {
  const list = Array.isArray(value) ? value : (resourcesOf(value) ?? [value])
  return list.flatMap((one: unknown) => {
    const values = valuesOf(one)
    return values === undefined ? [] : [row(ownKey(values) ?? '', values)]
  })
}

/** Members by lower-case name: Sage CRM's casing is a mix, and differs between releases. */
function valuesOf(json: unknown): Values | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  return new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value as unknown]))
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
