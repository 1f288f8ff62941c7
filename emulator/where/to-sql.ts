import type { Column, ColumnType, EntityDefinition } from '../entities/entity.ts'
import { readValue, type Times } from '../records/values.ts'
import type { Dialect } from '../switches.ts'
import { type Comparison, type Condition, type Literal, WhereSyntaxError } from './condition.ts'
import { fold } from './fold.ts'

type Parameter = string | number | null
/** What a release makes of dates and checkboxes, and the zone it reads dates in. */
export type Meaning = Pick<Times, 'timeZone'> & {
  readonly dialect: Pick<Dialect, 'instants' | 'dateOrder' | 'dateLiterals' | 'checkboxes' | 'wildcards'>
}
/** The table or view that is searched, with the columns that may be. */
export type Searched = Pick<EntityDefinition, 'name' | 'idColumn' | 'columns'>
export type Sql = { readonly sql: string; readonly parameters: Parameter[] }

/** A condition on a field the entity does not have. */
export class UnknownFieldError extends Error {
  override readonly name = 'UnknownFieldError'
}

const SYMBOLS: Readonly<Record<Comparison, string>> = {
  eq: '=',
  ne: '<>',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
}
const TEXTUAL: readonly ColumnType[] = ['string', 'text', 'choice', 'multichoice', 'boolean']

/**
 * A condition as an SQL expression, for a database with the functions of `registerFunctions`. Names of columns come
 * from the definition, values are parameters. Text is compared as SQL Server's usual collation does: letter case and
 * trailing blanks do not count.
 * @throws UnknownFieldError, WhereSyntaxError when a value does not fit its column
 */
export function toSql(condition: Condition, searched: Searched, meaning: Meaning): Sql {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return joined(
        condition.kind,
        condition.of.map((part) => toSql(part, searched, meaning)),
      )
    case 'not': {
      const { sql, parameters } = toSql(condition.of, withoutIndexes(searched), meaning)
      return { sql: `NOT (${sql})`, parameters }
    }
    case 'constant':
      return { sql: condition.holds ? '1' : '0', parameters: [] }
    default:
      return fieldSql(condition, searched, meaning)
  }
}

type FieldCondition = Extract<Condition, { field: string }>

function fieldSql(condition: FieldCondition, searched: Searched, meaning: Meaning): Sql {
  const column = columnOf(condition.field, searched.columns)
  switch (condition.kind) {
    case 'like':
      return likeSql(column, condition.pattern, meaning)
    case 'in':
      return anyOf(
        condition.values.map((value) => compare(column, 'eq', value, meaning)),
        column.indexed === true ? searched : undefined,
      )
    case 'between':
      return joined('and', [
        compare(column, 'ge', condition.low, meaning),
        compare(column, 'le', condition.high, meaning),
      ])
    case 'compare':
      return compare(column, condition.operator, condition.value, meaning)
  }
}

function joined(kind: 'and' | 'or', parts: readonly Sql[]): Sql {
  return {
    sql: `(${parts.map(({ sql }) => sql).join(kind === 'and' ? ' AND ' : ' OR ')})`,
    parameters: parts.flatMap(({ parameters }) => parameters),
  }
}

/** Within NOT no index serves, and a comparison with null must stay unknown, which an `IN` of ids would not be. */
function withoutIndexes({ columns, ...searched }: Searched): Searched {
  return { ...searched, columns: columns.map(({ indexed: _, ...column }) => column) }
}

/** SQLite looks at every row for several ranges joined by OR; each by itself is served by the index. */
function anyOf(parts: readonly Sql[], indexed: Searched | undefined): Sql {
  if (indexed === undefined || parts.length === 1) return joined('or', parts)
  const { name, idColumn } = indexed
  const selects = parts.map(({ sql }) => `SELECT "${idColumn}" FROM "${name}" WHERE ${sql}`)
  return {
    sql: `"${idColumn}" IN (${selects.join(' UNION ALL ')})`,
    parameters: parts.flatMap(({ parameters }) => parameters),
  }
}

function compare(column: Column, operator: Comparison, literal: Literal, meaning: Meaning): Sql {
  refuseUnsearchable(column, operator, literal, meaning)
  const value = storedValue(column, literal, meaning)
  if (typeof value !== 'string' || !TEXTUAL.includes(column.type)) {
    return { sql: `${named(column)} ${SYMBOLS[operator]} ?`, parameters: [value] }
  }
  return operator === 'eq' ? equalText(column, value) : compareText(column, operator, value)
}

function compareText(column: Column, operator: Comparison, value: string): Sql {
  const sql = `fold(rtrim(${named(column)}, ' ')) ${SYMBOLS[operator]} ?`
  return { sql, parameters: [fold(trimmed(value))] }
}

/** What is equal lies in a range of SQLite's own order, which an index can serve; `fold` looks at the rest only. */
function equalText(column: Column, value: string): Sql {
  return joined('and', [rangeSql(column, trimmed(value)), compareText(column, 'eq', value)])
}

/** What comes before the first wildcard bounds the range in which `is_like` looks. */
function likeSql(column: Column, pattern: string, { dialect }: Meaning): Sql {
  const fitting = { sql: `is_like(${named(column)}, ?, ?)`, parameters: [pattern, dialect.wildcards] }
  const beginning = asciiOf(pattern.split(/[%_[]/, 1)[0] ?? '')
  const isBounded = beginning !== '' && TEXTUAL.includes(column.type)
  return isBounded
    ? joined('and', [between(column, beginning, following(fold(beginning))), fitting])
    : fitting
}

/**
 * NOCASE knows the letters A to Z only. ASCII text with any number of blanks behind it comes before `!`, which follows
 * the blank; other text at least begins with the same ASCII.
 */
function rangeSql(column: Column, value: string): Sql {
  const ascii = asciiOf(value)
  if (ascii === '' && value !== '') return { sql: '1', parameters: [] }
  return between(column, ascii, ascii === value ? `${value}!` : following(fold(ascii)))
}

function between(column: Column, from: string, before: string): Sql {
  const name = named(column)
  const sql = `${name} >= ? COLLATE NOCASE AND ${name} < ? COLLATE NOCASE`
  return { sql, parameters: [from, before] }
}

/** The ASCII that a text begins with. */
function asciiOf(text: string): string {
  return /^\p{ASCII}*/u.exec(text)?.[0] ?? ''
}

/** The first text that sorts behind all that begin with this one. */
function following(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1)
}

const WRITTEN_AS = { quoted: 'string', at: 'date' } as const

function refuseUnsearchable(
  { name, type }: Column,
  operator: Comparison,
  { kind }: Literal,
  { dialect }: Meaning,
): void {
  const { dateOrder, dateLiterals, checkboxes } = dialect
  if (type === 'boolean' && checkboxes === 'refused')
    throw new WhereSyntaxError(`${name} is a checkbox: Sage CRM cannot search for it`)
  if (type !== 'datetime') return
  if (dateOrder === 'no' && !['eq', 'ne'].includes(operator))
    throw new WhereSyntaxError(`${name} is a date: "${operator}" compares numbers`)
  if (dateLiterals !== 'both' && kind !== WRITTEN_AS[dateLiterals])
    throw new WhereSyntaxError(`${name}: a date cannot be written like this`)
}

/** The literal as the column stores such values. */
function storedValue({ name, type }: Column, { text }: Literal, meaning: Meaning): Parameter {
  if (TEXTUAL.includes(type)) return text
  if (text.trim() === '') throw new WhereSyntaxError(`${name} cannot be compared with empty text`)
  const read = readValue({ name, type }, text, meaning)
  if ('problem' in read) throw new WhereSyntaxError(`${name} ${read.problem}: "${text}"`)
  return read.stored
}

function trimmed(text: string): string {
  return text.replace(/ +$/, '')
}

function columnOf(field: string, columns: readonly Column[]): Column {
  const found = columns.find(({ name }) => name.toLowerCase() === field.toLowerCase())
  if (found === undefined) throw new UnknownFieldError(`there is no field "${field}"`)
  return found
}

function named({ name }: Column): string {
  return `"${name}"`
}
