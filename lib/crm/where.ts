import type { FieldValue } from './plan.ts'
import { type Entity, type Field, findField } from './prototypes/field.ts'
import { toLocal } from './zone.ts'

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** The value of a comparison. null and booleans are compared on this side where the CRM cannot. */
export type Comparand = FieldValue | boolean | null

/**
 * A condition on the records of one entity or view; built into the `where` parameter, never concatenated by callers.
 * As in SQL, a field without a value satisfies no comparison but the one with null.
 * `like`: the value is data, found at the start or anywhere; `at: 'pattern'` makes `%` and `_` in it wildcards.
 */
export type Expression<Name extends string = string> =
  | { readonly op: Comparison; readonly field: Name; readonly value: Comparand }
  | {
      readonly op: 'like'
      readonly field: Name
      readonly value: string
      readonly at: 'start' | 'anywhere' | 'pattern'
    }
  | { readonly op: 'between'; readonly field: Name; readonly low: FieldValue; readonly high: FieldValue }
  | { readonly op: 'in'; readonly field: Name; readonly values: readonly FieldValue[] }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression<Name>[] }
  | { readonly op: 'not'; readonly of: Expression<Name> }

/** A condition that cannot be expressed. The message names the field and the rule. */
export class WhereError extends Error {
  override readonly name = 'WhereError'
}

/** How this CRM writes dates in a condition, and the zone they are of. */
export type DateWords = { readonly dateLiteral: 'quoted' | 'at' | 'unknown'; readonly timeZone: string }

const PLAIN: DateWords = { dateLiteral: 'quoted', timeZone: 'UTC' }

/**
 * The text of the `where` parameter. Field names come from the prototypes, values are written by their field's type,
 * dates in the zone of the CRM. `%`, `_` and `[` inside a `like` value are data, but no release documents an escape for
 * them. `%` and `[` are sent as `%`, the one wildcard that is documented, and `_` as it is, whatever the CRM makes of it:
 * both bring at least the rows that are meant, so the caller compares them again.
 * @throws WhereError for an unknown field, null, a boolean, a control character, an empty list or `like` value
 */
export function buildWhere(expression: Expression, entity: Entity, dates: DateWords = PLAIN): string {
  switch (expression.op) {
    case 'and':
    case 'or':
      return joined(expression, entity, dates)
    case 'not':
      return `not (${buildWhere(expression.of, entity, dates)})`
    case 'like':
      return likeTerm(expression, fieldOf(entity, expression.field))
    case 'between':
      return betweenTerm(expression, fieldOf(entity, expression.field), dates)
    case 'in':
      return inTerm(expression, fieldOf(entity, expression.field), dates)
    default: {
      const field = fieldOf(entity, expression.field)
      return `${field.name} ${expression.op} ${literal(expression.value, field, dates)}`
    }
  }
}

function joined(
  { op, of }: { op: 'and' | 'or'; of: readonly Expression[] },
  entity: Entity,
  dates: DateWords,
): string {
  if (of.length === 0) throw new WhereError(`"${op}" of nothing`)
  const parts = of.map((part) => buildWhere(part, entity, dates))
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${op} `)})`
}

type Like = Extract<Expression, { op: 'like' }>

function likeTerm({ value, at }: Like, field: Field): string {
  if (value === '') throw new WhereError(`${field.name}: "like" of nothing`)
  const data = `${at === 'anywhere' ? '%' : ''}${value.replaceAll('[', '%')}%`
  return `${field.name} like ${quoted(at === 'pattern' ? value : data, field)}`
}

function betweenTerm(
  { low, high }: { low: FieldValue; high: FieldValue },
  field: Field,
  dates: DateWords,
): string {
  return `${field.name} between ${literal(low, field, dates)} and ${literal(high, field, dates)}`
}

function inTerm({ values }: { values: readonly FieldValue[] }, field: Field, dates: DateWords): string {
  if (values.length === 0) throw new WhereError(`${field.name}: "in" of nothing`)
  return `${field.name} in (${values.map((value) => literal(value, field, dates)).join(', ')})`
}

/** The field with this name in its own casing. Throws WhereError when the entity has none. */
export function fieldOf(entity: Entity, name: string): Field {
  const field = findField(entity, name)
  if (field === undefined) throw new WhereError(`${name}: is not a field of ${entity.name}`)
  return field
}

function literal(value: Comparand, field: Field, dates: DateWords): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new WhereError(
      `${field.name}: Sage CRM cannot search for ${value === null ? 'null' : typeof value}`,
    )
  if (isNumeric(field)) return numberLiteral(String(value), field)
  return isDate(field) ? dateLiteral(String(value), field, dates) : quoted(String(value), field)
}

export function isNumeric({ type }: Field): boolean {
  return type === 'integer' || type === 'decimal' || type === 'reference'
}

export function isDate({ type }: Field): boolean {
  return type === 'datetime'
}

function numberLiteral(value: string, field: Field): string {
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw new WhereError(`${field.name}: must be compared with a number`)
  return value
}

const MIDNIGHT = /T00:00:00$/

/** In the zone of the CRM, which is where a date without a zone is read. */
function dateLiteral(value: string, field: Field, { dateLiteral: form, timeZone }: DateWords): string {
  const local = toLocal(value, timeZone)?.replace(MIDNIGHT, '')
  if (local === undefined)
    throw new WhereError(
      `${field.name}: must be compared with a date like 2026-11-24 or 2026-11-24T02:30:00Z`,
    )
  return form === 'at' ? `@${local}@` : quoted(local, field)
}

function quoted(value: string, field: Field): string {
  if (/\p{Cc}/u.test(value)) throw new WhereError(`${field.name}: a control character cannot be searched`)
  if (!value.isWellFormed()) throw new WhereError(`${field.name}: half a character cannot be searched`)
  return `'${value.replaceAll("'", "''")}'`
}

/** The names of the fields a condition looks at. */
export function fieldsIn(expression: Expression): string[] {
  if ('field' in expression) return [expression.field]
  return expression.op === 'not' ? fieldsIn(expression.of) : expression.of.flatMap(fieldsIn)
}
