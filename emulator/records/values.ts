import type { Stored } from '../database/database.ts'
import type { Column, ColumnType } from '../entities/entity.ts'
import type { Dialect } from '../switches.ts'
import { toInstant, toLocal } from './zone.ts'

/** A value as it will be stored, or what is wrong with it. */
export type Read = { readonly stored: Stored } | { readonly problem: string; readonly isTooLong?: true }

/** How the emulated installation writes times. */
export type Times = { readonly timeZone: string; readonly dialect: Pick<Dialect, 'instants'> }

const IN_UTC: Times = { timeZone: 'UTC', dialect: { instants: 'utc' } }
/** How a kind of number is told from other values: in text by a pattern. */
type NumberKind = {
  readonly wanted: string
  readonly pattern: RegExp
  readonly range: readonly [least: number, most: number]
  isKind(value: number): boolean
}
/** SQL Server's int. */
const WHOLE: NumberKind = {
  wanted: 'a whole number',
  pattern: /^-?\d+$/,
  range: [-(2 ** 31), 2 ** 31 - 1],
  isKind: Number.isInteger,
}
/** Its numeric(24,6): eighteen digits before the point. */
const ANY: NumberKind = {
  wanted: 'a number',
  pattern: /^-?\d+(\.\d+)?$/,
  range: [-1e18, 1e18],
  isKind: Number.isFinite,
}

const READERS: Readonly<Record<ColumnType, (value: unknown, timeZone: string) => Read>> = {
  string: readText,
  text: readText,
  choice: readText,
  multichoice: readCodes,
  integer: (value) => readNumber(value, WHOLE),
  decimal: (value) => readNumber(value, ANY),
  boolean: readBoolean,
  datetime: readInstant,
}

/** Reads a value of a JSON body for a column. Null is always readable; whether it is allowed is another question. */
export function readValue(column: Column, value: unknown, { timeZone }: Times = IN_UTC): Read {
  if (value === null || value === undefined) return { stored: null }
  const read = READERS[column.type](value, timeZone)
  if ('problem' in read || column.maxLength === undefined) return read
  const tooLong = typeof read.stored === 'string' && read.stored.length > column.maxLength
  if (!tooLong) return read
  return { problem: `must not be longer than ${column.maxLength} characters`, isTooLong: true }
}

/** A stored value as the API shows it. */
export function shownValue(
  { type }: Column,
  stored: Stored,
  { timeZone, dialect }: Times,
): string | number | boolean | null {
  if (type === 'boolean') return stored === 'Y'
  const isLocal = type === 'datetime' && dialect.instants === 'local' && typeof stored === 'string'
  return isLocal && stored !== '' ? toLocal(stored, timeZone) : stored
}

/** An instant as it is stored and shown: UTC, whole seconds. */
export function instant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A list of codes, or the text such a list is stored as. */
function readCodes(value: unknown): Read {
  const list: unknown = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string'))
    return { problem: 'must be a list of codes' }
  const codes = list.map((code) => code.trim()).filter((code) => code !== '')
  return { stored: codes.length === 0 ? '' : `,${codes.join(',')},` }
}

function readText(value: unknown): Read {
  return typeof value === 'string' ? { stored: value } : { problem: 'must be text' }
}

function readNumber(value: unknown, { pattern, isKind, wanted, range: [least, most] }: NumberKind): Read {
  if (value === '') return { stored: null }
  const number =
    typeof value === 'number' ? value : Number(typeof value === 'string' ? value.trim() : Number.NaN)
  const isWritten = typeof value === 'string' ? pattern.test(value.trim()) : isKind(number)
  if (!isWritten) return { problem: `must be ${wanted}` }
  return number < least || number > most ? { problem: 'is out of range' } : { stored: number }
}

const TRUE: readonly unknown[] = [true, 'Y', 'y']
const FALSE: readonly unknown[] = [false, 'N', 'n', '']

function readBoolean(value: unknown): Read {
  if (TRUE.includes(value)) return { stored: 'Y' }
  return FALSE.includes(value) ? { stored: null } : { problem: "must be true, false, 'Y' or empty" }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** A time without a zone is one of the zone the emulated server is set to. */
function readInstant(value: unknown, timeZone: string): Read {
  const problem = { problem: 'must be a date and time like 2024-09-30T10:11:12Z' }
  if (value === '') return { stored: null }
  const parts = typeof value === 'string' ? INSTANT.exec(value) : null
  if (parts === null) return problem
  const [text, , , , zone] = parts
  if (!isOnCalendar(text)) return problem
  const date = new Date(zone === undefined ? inZone(text, timeZone) : text)
  return Number.isNaN(date.getTime()) ? problem : { stored: instant(date) }
}

/** Not a date at all when the clock never shows this time. */
function inZone(text: string, timeZone: string): string {
  try {
    return toInstant(text, timeZone)
  } catch {
    return ''
  }
}

/** `Date` takes 30 February for 2 March. */
function isOnCalendar(text: string): boolean {
  const day = text.slice(0, 10)
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
