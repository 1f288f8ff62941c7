import { hashOf } from './bound.ts'
import type { Row } from './client.ts'
import type { Seen } from './plan.ts'
import { type Entity, findField } from './prototypes/field.ts'
import { isDate, isNumeric } from './where.ts'
import { toInstant } from './zone.ts'

/** Fields of a record as a later look compares them, by their names in lower case. An absent field counts as nothing. */
export function seenOf(row: Row, names: readonly string[], entity: Entity): Seen {
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), plainValue(row, name, entity)]))
}

/** The names of the fields that hold something else by now. */
export function changedSince(seen: Seen, row: Row, entity: Entity): string[] {
  return Object.keys(seen).filter((name) => plainValue(row, name, entity) !== seen[name])
}

/** Whether a field holds a value that is to be written, whatever way the CRM spells it. */
export function holds(
  row: Row,
  name: string,
  wanted: string | number | boolean | null,
  entity: Entity,
): boolean {
  const field = findField(entity, name)
  if (field !== undefined && isDate(field) && wanted !== null)
    return row.instant(name) === toInstant(String(wanted), 'UTC')
  const plain = { hash: (text: string) => text }
  return hashOf(plain, name, row.get(name)) === hashOf(plain, name, wanted)
}

function plainValue(row: Row, name: string, entity: Entity): string | number | boolean | null {
  const field = findField(entity, name)
  if (field !== undefined && isDate(field)) return row.instant(name) ?? null
  const value = row.get(name)
  if (value === undefined || value === null || value === '') return null
  if (field?.type === 'boolean') return value === true || /^(y|true|1)$/i.test(String(value))
  if (field !== undefined && isNumeric(field) && !Number.isNaN(Number(value))) return Number(value)
  return typeof value === 'string' ? value.trim() : JSON.stringify(value)
}
