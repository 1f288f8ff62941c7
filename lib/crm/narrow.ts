import type { Entity, Field } from './prototypes/field.ts'
import type { Release } from './release.ts'
import { type Comparand, type Comparison, type Expression, fieldOf, isDate, isNumeric } from './where.ts'

/** A condition as a release can be asked it. */
export type Narrowed = {
  /** What is sent; undefined: every record. Whatever satisfies the condition satisfies this. */
  readonly ask: Expression | undefined
  /** Whether nothing else satisfies it, so that the rows need not be looked at again. */
  readonly exact: boolean
}

const EVERYTHING: Narrowed = { ask: undefined, exact: false }
/** SQL Server's smallest int, and less than any numeric(24,6). */
const LEAST = { integer: '-2147483648', decimal: '-999999999999999999' } as const

/**
 * The nearest condition that the release understands: `in` becomes `or`, `lt` of a number `between`, and what has no
 * equivalent is left out, so that more comes than was asked for.
 * @throws WhereError for an unknown field
 */
export function narrow(expression: Expression, entity: Entity, release: Release): Narrowed {
  switch (expression.op) {
    case 'and':
      return both(expression.of.map((part) => narrow(part, entity, release)))
    case 'or':
      return either(expression.of.map((part) => narrow(part, entity, release)))
    case 'not':
      return narrowNot(expression, entity, release)
    default:
      return narrowTerm(expression, fieldOf(entity, expression.field), release)
  }
}

function both(parts: readonly Narrowed[]): Narrowed {
  const asked = parts.flatMap(({ ask }) => (ask === undefined ? [] : [ask]))
  const exact = parts.every((part) => part.exact)
  if (parts.length > 0 && asked.length === 0) return EVERYTHING
  return { ask: { op: 'and', of: asked }, exact }
}

function either(parts: readonly Narrowed[]): Narrowed {
  const asked = parts.flatMap(({ ask }) => (ask === undefined ? [] : [ask]))
  if (asked.length < parts.length) return EVERYTHING
  return { ask: { op: 'or', of: asked }, exact: parts.every((part) => part.exact) }
}

type Not = Extract<Expression, { op: 'not' }>
const OPPOSITES = { eq: 'ne', ne: 'eq', gt: 'le', le: 'gt', ge: 'lt', lt: 'ge' } as const

/** Pushed inwards, where an opposite may be known; `not` itself is asked only as a last resort. */
function narrowNot(expression: Not, entity: Entity, release: Release): Narrowed {
  const { of } = expression
  const not = (part: Expression) => ({ op: 'not', of: part }) as const
  switch (of.op) {
    case 'not':
      return narrow(of.of, entity, release)
    case 'and':
      return narrow({ op: 'or', of: of.of.map(not) }, entity, release)
    case 'or':
      return narrow({ op: 'and', of: of.of.map(not) }, entity, release)
    case 'in': {
      const each = of.values.map((value) => ({ op: 'ne', field: of.field, value }) as const)
      return narrow({ op: 'and', of: each }, entity, release)
    }
    case 'between': {
      const { field, low, high } = of
      const outside = [
        { op: 'lt', field, value: low },
        { op: 'gt', field, value: high },
      ] as const
      return narrow({ op: 'or', of: outside }, entity, release)
    }
    case 'like': {
      const inner = narrow(of, entity, release)
      return inner.exact && release.operators.has('not') ? { ask: expression, exact: true } : EVERYTHING
    }
    default:
      return narrow({ ...of, op: OPPOSITES[of.op] }, entity, release)
  }
}

type Term = Exclude<Expression, { op: 'and' | 'or' | 'not' }>

function narrowTerm(term: Term, field: Field, release: Release): Narrowed {
  if (isDate(field) && release.dateLiteral === 'unknown') return EVERYTHING
  switch (term.op) {
    case 'like':
      return narrowLike(term)
    case 'in':
      return narrowIn(term, field, release)
    case 'between':
      return narrowBetween(term, field, release)
    default:
      return narrowComparison(term, field, release)
  }
}

/** Only `%` is documented as a wildcard, so `_` of a pattern is asked as one, too. */
function narrowLike(term: Extract<Term, { op: 'like' }>): Narrowed {
  if (term.at !== 'pattern') return { ask: term, exact: !/[%_[]/.test(term.value) }
  return { ask: { ...term, value: term.value.replace(/[_[]/g, '%') }, exact: !/[_[]/.test(term.value) }
}

function narrowIn(term: Extract<Term, { op: 'in' }>, field: Field, release: Release): Narrowed {
  if (release.operators.has('in')) return { ask: term, exact: true }
  const each = term.values.map((value) => ({ op: 'eq', field: term.field, value }) as const)
  return either(each.map((one) => narrowTerm(one, field, release)))
}

function narrowBetween(term: Extract<Term, { op: 'between' }>, field: Field, release: Release): Narrowed {
  if (isNumeric(field)) return { ask: term, exact: true }
  const low = { op: 'ge', field: term.field, value: term.low } as const
  const high = { op: 'le', field: term.field, value: term.high } as const
  return both([low, high].map((one) => narrowTerm(one, field, release)))
}

type ComparisonTerm = Extract<Term, { op: Comparison }>

function narrowComparison(term: ComparisonTerm, field: Field, release: Release): Narrowed {
  if (term.value === null) return EVERYTHING
  if (typeof term.value === 'boolean') return narrowCheckbox(term, term.value, release)
  if (term.op === 'eq') return { ask: term, exact: true }
  if (term.op !== 'ne' && !isOrdered(field, release)) return EVERYTHING
  if (release.operators.has(term.op)) return { ask: term, exact: true }
  return isNumeric(field) ? narrowNumber(term, field) : EVERYTHING
}

function isOrdered(field: Field, { ordered }: Release): boolean {
  if (isNumeric(field)) return true
  return isDate(field) ? ordered.dates : ordered.text
}

/** A checkbox holds 'Y' or nothing, so only the ticked ones can be asked for. */
function narrowCheckbox(term: ComparisonTerm, wanted: boolean, { checkboxes }: Release): Narrowed {
  const isTicked = wanted === (term.op === 'eq')
  if (!checkboxes || !isTicked || !['eq', 'ne'].includes(term.op)) return EVERYTHING
  return { ask: { op: 'eq', field: term.field, value: 'Y' }, exact: true }
}

/** `lt 5` of whole numbers is `between least and 4`; of decimals, `between least and 5` and a look at what comes. */
function narrowNumber({ op, field: name, value }: ComparisonTerm, field: Field): Narrowed {
  const isWhole = field.type !== 'decimal' && /^-?\d+$/.test(String(value))
  const least = isWhole ? LEAST.integer : LEAST.decimal
  const upTo = (high: string) => ({ op: 'between', field: name, low: least, high }) as const
  const below = isWhole ? upTo(String(BigInt(String(value)) - 1n)) : upTo(String(value))
  if (op === 'le') return { ask: upTo(String(value)), exact: true }
  if (op === 'lt') return { ask: below, exact: isWhole }
  return {
    ask: { op: 'or', of: [below, { op: 'gt', field: name, value: value as Comparand }] },
    exact: isWhole,
  }
}
