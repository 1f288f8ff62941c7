import { type Big, toDecimal, ZERO } from '../values/money.ts'
import { isEmailAddress, stripControl } from '../values/text.ts'
import type { Json } from './source.ts'

/*
 * Readers for payloads as vendors really send them: what is missing, null, of another type or blank reads as absent and
 * never throws.
 */

export type JsonObject = { readonly [key: string]: Json }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or one without keys. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** The objects of a list; of a single object a list of one; nothing else. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject)
  return isObject(value) ? [value] : []
}

/** Text or a number as text, without control characters and surrounding blanks; undefined when nothing is left. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return undefined
  const text = stripControl(value).trim()
  return text === '' ? undefined : text
}

/** The first of the values that is text with something in it. */
export function firstText(...values: readonly (Json | undefined)[]): string | undefined {
  for (const value of values) {
    const text = textOf(value)
    if (text !== undefined) return text
  }
  return undefined
}

/** The first of the values that is an e-mail address. */
export function firstEmail(...values: readonly (Json | undefined)[]): string | undefined {
  for (const value of values) {
    const text = textOf(value)
    if (text !== undefined && isEmailAddress(text)) return text
  }
  return undefined
}

/** An amount or a quantity; zero for what is no number. */
export function decimalOf(value: Json | undefined): Big {
  return toDecimal(value) ?? ZERO
}

/** A time with a zone, as ISO 8601 in UTC; undefined for what is no time. */
export function instantOf(value: Json | undefined): string | undefined {
  const text = textOf(value)
  if (text === undefined || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}
