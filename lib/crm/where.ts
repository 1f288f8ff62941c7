import type { FieldValue } from './plan.ts'
import { type Entity, type Field, findField } from './prototypes/field.ts'

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** A condition on the records of one entity or view; built into the `where` parameter, never concatenated by callers. */
export type Expression =
  | { readonly op: Comparison; readonly field: string; readonly value: FieldValue }
  | { readonly op: 'like'; readonly field: string; readonly value: string; readonly at: 'start' | 'anywhere' }
  | { readonly op: 'between'; readonly field: string; readonly low: FieldValue; readonly high: FieldValue }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly FieldValue[] }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] }

/** A condition that cannot be expressed. The message names the field and the rule. */
export class WhereError extends Error {
  override readonly name = 'WhereError'
}

/**
 * The text of the `where` parameter. Field names come from the prototypes, values are written by their field's type.
 * `%`, `_` and `[` inside a `like` value are data, but no release documents an escape for them: each is sent as `_`,
 * which matches any one character, so the caller compares the rows again.
 * @throws WhereError for an unknown field, null, a boolean, a control character, an empty list or `like` value
 */
export function buildWhere(expression: Expression, entity: Entity): string {
  switch (expression.op) {
    case 'and':
    case 'or':
      return joined(expression, entity)
    case 'like':
      return likeTerm(expression, fieldOf(entity, expression.field))
    case 'between':
      return betweenTerm(expression, fieldOf(entity, expression.field))
    case 'in':
      return inTerm(expression, fieldOf(entity, expression.field))
    default: {
      const field = fieldOf(entity, expression.field)
      return `${field.name} ${expression.op} ${literal(expression.value, field)}`
    }
  }
}

function joined({ op, of }: { op: 'and' | 'or'; of: readonly Expression[] }, entity: Entity): string {
  if (of.length === 0) throw new WhereError(`"${op}" of nothing`)
  const parts = of.map((part) => buildWhere(part, entity))
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${op} `)})`
}

function likeTerm({ value, at }: { value: string; at: 'start' | 'anywhere' }, field: Field): string {
  if (value === '') throw new WhereError(`${field.name}: "like" of nothing`)
  const pattern = `${at === 'anywhere' ? '%' : ''}${value.replace(/[%[]/g, '_')}%`
  return `${field.name} like ${quoted(pattern, field)}`
}

function betweenTerm({ low, high }: { low: FieldValue; high: FieldValue }, field: Field): string {
  return `${field.name} between ${literal(low, field)} and ${literal(high, field)}`
}

function inTerm({ values }: { values: readonly FieldValue[] }, field: Field): string {
  if (values.length === 0) throw new WhereError(`${field.name}: "in" of nothing`)
  return `${field.name} in (${values.map((value) => literal(value, field)).join(', ')})`
}

/** The field with this name in its own casing. Throws WhereError when the entity has none. */
export function fieldOf(entity: Entity, name: string): Field {
  const field = findField(entity, name)
  if (field === undefined) throw new WhereError(`${name}: is not a field of ${entity.name}`)
  return field
}

function literal(value: FieldValue, field: Field): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new WhereError(
      `${field.name}: Sage CRM cannot search for ${value === null ? 'null' : typeof value}`,
    )
  return isNumeric(field) ? numberLiteral(String(value), field) : quoted(String(value), field)
}

function isNumeric({ type }: Field): boolean {
  return type === 'integer' || type === 'decimal' || type === 'reference'
}

function numberLiteral(value: string, field: Field): string {
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw new WhereError(`${field.name}: must be compared with a number`)
  return value
}

function quoted(value: string, field: Field): string {
  if (/\p{Cc}/u.test(value)) throw new WhereError(`${field.name}: a control character cannot be searched`)
  if (!value.isWellFormed()) throw new WhereError(`${field.name}: half a character cannot be searched`)
  return `'${value.replaceAll("'", "''")}'`
}
