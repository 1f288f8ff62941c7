import { textDecoder } from './charset.ts'
import { UndecodableError } from './errors.ts'
import { parseHeaderValue } from './header-value.ts'
import { requireAtMost } from './limits.ts'
import type { HttpRequest } from './request.ts'

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export const MAX_JSON_DEPTH = 32
export const MAX_JSON_KEYS = 100_000
/** 2^53 has 16 digits: shorter integers are exact. */
const EXACT_DIGITS = 15
const STRINGS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g
const LONG_NUMBER = /(?:^|[[:,])\s*-?\d[\d.eE+-]{15}/
/** Keys that would change an object's prototype where somebody copies them. */
const REFUSED_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']
const REFUSED_LENGTHS: ReadonlySet<number> = new Set(REFUSED_KEYS.map(({ length }) => length))

/**
 * A JSON body as a value. Numbers of more than 15 digits become strings, so that ids above 2^53 and floats such as
 * 10.799999999999999 keep the digits they were written with.
 * @throws UndecodableError for malformed JSON, more than 32 levels, or a key named `__proto__`, `constructor` or
 *   `prototype`
 * @throws BodyTooLargeError for more than 100 000 keys
 */
export function decodeJsonBody({ body, headers }: Pick<HttpRequest, 'body' | 'headers'>): JsonValue {
  const { charset } = Object.fromEntries(parseHeaderValue(headers['content-type'] ?? '').parameters)
  return parseJson(textDecoder(charset)(body))
}

/** The same for JSON that lies inside another encoding, as Jotform's `rawRequest` does. */
export function decodeJsonText(text: string): JsonValue {
  return parseJson(text)
}

function parseJson(text: string): JsonValue {
  const value = parse(text)
  requireAtMost(MAX_JSON_KEYS, checkedKeys(value, 0), 'number of keys in the JSON body')
  const hasLongNumber = hasLongRun(text) && LONG_NUMBER.test(text)
  return hasLongNumber ? parse(text.replace(STRINGS_AND_LONG_NUMBERS, quoted)) : value
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch (cause) {
    throw new UndecodableError('body: is not well-formed JSON', { cause })
  }
}

/**
 * How many keys the value and all in it have. Goes no deeper than is allowed, so that a bomb cannot exhaust the stack.
 * @throws UndecodableError for more levels than that, or a refused key
 */
function checkedKeys(value: JsonValue, depth: number): number {
  if (value === null || typeof value !== 'object') return 0
  if (depth === MAX_JSON_DEPTH) {
    throw new UndecodableError(`body: JSON is nested more than ${MAX_JSON_DEPTH} levels deep`)
  }
  const inner = isList(value) ? value : Object.values(value)
  let keys = isList(value) ? 0 : allowedKeys(value)
  for (const one of inner) if (one !== null && typeof one === 'object') keys += checkedKeys(one, depth + 1)
  return keys
}

function allowedKeys(value: { readonly [key: string]: JsonValue }): number {
  const keys = Object.keys(value)
  for (const key of keys) {
    if (REFUSED_LENGTHS.has(key.length) && REFUSED_KEYS.includes(key)) {
      throw new UndecodableError(`body: "${key}" may not be a key`)
    }
  }
  return keys.length
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** Of text that is well-formed JSON: a string is left alone, a number of too many digits becomes one. */
function quoted(token: string): string {
  const isLongNumber = !token.startsWith('"') && digitsOf(token) > EXACT_DIGITS
  return isLongNumber ? `"${token}"` : token
}

function digitsOf(number: string): number {
  return number.replace(/\D/g, '').length
}

const LONG_RUN = EXACT_DIGITS + 1

/** Whether digits and dots stand in a row of 16: in most bodies they do not. Every such row has a 16th character in it. */
function hasLongRun(text: string): boolean {
  for (let at = EXACT_DIGITS; at < text.length; at += LONG_RUN) {
    let [from, to] = [at, at]
    while (isOfNumber(text.charCodeAt(from))) from -= 1
    while (isOfNumber(text.charCodeAt(to))) to += 1
    if (to - from > LONG_RUN) return true
  }
  return false
}

/** A digit or a dot. NaN, beyond the text, is neither. */
function isOfNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e
}
