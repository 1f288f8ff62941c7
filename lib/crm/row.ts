import type { Entity } from './prototypes/field.ts'

/** A record as the CRM returned it. */
export type Row = {
  /** `$key`, always a string. */
  readonly key: string
  /** A field's value whatever its casing; undefined when the answer has no such field. */
  get(field: string): unknown
}

/** Reads an entry. undefined when nothing in it says which record it is. */
export function toRow(entity: Entity, json: unknown, fallbackKey?: string): Row | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const values = new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value as unknown]))
  const key = asKey(values.get('$key')) ?? keyOfUrl(values.get('$url')) ?? idOf(entity, values) ?? fallbackKey
  return key === undefined ? undefined : { key, get: (field) => values.get(field.toLowerCase()) }
}

function asKey(value: unknown): string | undefined {
  return (typeof value === 'number' || typeof value === 'string') && value !== '' ? String(value) : undefined
}

/** `…/company('43')` → `43` */
export function keyOfUrl(url: unknown): string | undefined {
  return typeof url === 'string' ? /\('([^']+)'\)\/?$/.exec(url)?.[1] : undefined
}

/** The id column is the first field of every entity: Comp_CompanyId, Case_CaseId, Quot_OrderQuoteId. */
function idOf(entity: Entity, values: ReadonlyMap<string, unknown>): string | undefined {
  const [first] = entity.fields
  return first === undefined || entity.view ? undefined : asKey(values.get(first.name.toLowerCase()))
}
