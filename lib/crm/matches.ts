import type { Entity, Field } from './prototypes/field.ts'
import type { Row } from './row.ts'
import { type Comparand, type Comparison, type Expression, fieldOf, isDate, isNumeric } from './where.ts'
import { toInstant } from './zone.ts'

/**
 * Whether a row satisfies a condition, decided on this side. Text is compared as SQL Server's default collation does:
 * letter case and trailing blanks do not count. A field without a value satisfies no comparison but the one with null.
 * A field that the row does not show has no value.
 * @throws WhereError for an unknown field
 */
export function matches(
  expression: Expression,
  row: Pick<Row, 'get'>,
  entity: Entity,
  timeZone: string,
): boolean {
  return verdict(expression, row, entity, timeZone) === true
}

/** SQL's third answer, `undefined`, is what a comparison with nothing gives. */
type Verdict = boolean | undefined

function verdict(expression: Expression, row: Pick<Row, 'get'>, entity: Entity, timeZone: string): Verdict {
  const of = (part: Expression) => verdict(part, row, entity, timeZone)
  switch (expression.op) {
    case 'and':
      return all(expression.of.map(of))
    case 'or':
      return not(all(expression.of.map((part) => not(of(part)))))
    case 'not':
      return not(of(expression.of))
    case 'in': {
      const { field, values } = expression
      return not(all(values.map((value) => not(of({ op: 'eq', field, value })))))
    }
    case 'between': {
      const { field, low, high } = expression
      return all([of({ op: 'ge', field, value: low }), of({ op: 'le', field, value: high })])
    }
    case 'like':
      return like(expression, row.get(fieldOf(entity, expression.field).name))
    default: {
      const field = fieldOf(entity, expression.field)
      return compare(expression.op, row.get(field.name), expression.value, field, timeZone)
    }
  }
}

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false
  return verdicts.includes(undefined) ? undefined : true
}

function not(one: Verdict): Verdict {
  return one === undefined ? undefined : !one
}

const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
}

function compare(op: Comparison, found: unknown, wanted: Comparand, field: Field, timeZone: string): Verdict {
  const isNothing = found === null || found === undefined
  if (wanted === null) return (op === 'eq') === isNothing
  if (typeof wanted === 'boolean' || field.type === 'boolean')
    return (op === 'eq') === (isTicked(found) === isTicked(wanted))
  if (isNothing) return undefined
  const order = orderOf(found, wanted, field, timeZone)
  return order === undefined ? undefined : HOLDS[op](order)
}

/** JSON says true or false; a database says 'Y' or nothing. */
function isTicked(found: unknown): boolean {
  return found === true || (typeof found === 'string' && /^(y|true|1)$/i.test(found))
}

function orderOf(found: unknown, wanted: Comparand, field: Field, timeZone: string): number | undefined {
  if (isNumeric(field)) return byNumber(Number(found), Number(wanted))
  if (!isDate(field)) return byText(folded(found), folded(wanted))
  const [one, other] = [found, wanted].map((text) => toInstant(String(text), timeZone))
  return one === undefined || other === undefined ? undefined : byText(one, other)
}

function byNumber(one: number, other: number): number | undefined {
  return Number.isNaN(one) || Number.isNaN(other) ? undefined : one - other
}

function byText(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function folded(value: unknown): string {
  return String(value).toLowerCase().replace(/ +$/, '')
}

type Like = Extract<Expression, { op: 'like' }>

function like({ value, at }: Like, found: unknown): Verdict {
  if (found === null || found === undefined) return undefined
  const [text, wanted] = [String(found).toLowerCase(), value.toLowerCase()]
  if (at === 'pattern') return patternOf(wanted).test(text)
  return at === 'start' ? text.startsWith(wanted) : text.includes(wanted)
}

/** `%` is any text and `_` any one character. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split(/([%_])/).map((part) => WILDCARDS[part] ?? RegExp.escape(part))
  return new RegExp(`^${parts.join('')}$`, 'su')
}

const WILDCARDS: Readonly<Record<string, string>> = { '%': '.*', _: '.' }
