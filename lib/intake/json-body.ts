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
/** Keys that would change an object's prototype where somebody copies them. */
const REFUSED_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']

/**
 * A JSON body as a value. Numbers of more than 15 digits become strings, so that ids above 2^53 and floats such as
 * 10.799999999999999 keep the digits they were written with.
 * @throws UndecodableError for malformed JSON, more than 32 levels, or a key named `__proto__`, `constructor` or
 *   `prototype`
 * @throws BodyTooLargeError for more than 100 000 keys
 */
export function decodeJsonBody({ body, headers }: Pick<HttpRequest, 'body' | 'headers'>): JsonValue {
  const { charset } = Object.fromEntries(parseHeaderValue(headers['content-type'] ?? '').parameters)
  return parseJson(body, textDecoder(charset)(body))
}

/** The same for JSON that lies inside another encoding, as Jotform's `rawRequest` does. */
export function decodeJsonText(text: string): JsonValue {
  return parseJson(Buffer.from(text), text)
}

function parseJson(bytes: Buffer, text: string): JsonValue {
  const { depth, keys, hasLongNumber } = measure(bytes)
  if (depth > MAX_JSON_DEPTH) {
    throw new UndecodableError(`body: JSON is nested more than ${MAX_JSON_DEPTH} levels deep`)
  }
  requireAtMost(MAX_JSON_KEYS, keys, 'number of keys in the JSON body')
  const value = parse(text, hasLongNumber)
  if (/__proto__|constructor|prototype|\\u00/.test(text)) refuseKeys(value)
  return value
}

function parse(text: string, keepDigits: boolean): JsonValue {
  try {
    return JSON.parse(text, keepDigits ? withAllDigits : undefined) as JsonValue
  } catch (cause) {
    throw new UndecodableError('body: is not well-formed JSON', { cause })
  }
}

function withAllDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? ''
  return typeof value === 'number' && digitsOf(source) > EXACT_DIGITS ? source : value
}

function digitsOf(source: string): number {
  return source.replace(/\D/g, '').length
}

function refuseKeys(value: JsonValue): void {
  if (value === null || typeof value !== 'object') return
  for (const [key, inner] of Object.entries(value)) {
    if (REFUSED_KEYS.includes(key)) throw new UndecodableError(`body: "${key}" may not be a key`)
    refuseKeys(inner)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b])
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** One pass over the bytes before anything is parsed: a bomb costs no more than its length. */
function measure(bytes: Buffer): { depth: number; keys: number; hasLongNumber: boolean } {
  let [level, depth, keys, digits, longest, inString] = [0, 0, 0, 0, 0, false]
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
    } else if (byte >= 0x2e && byte <= 0x39) {
      digits += 1
      if (digits > longest) longest = digits
    } else {
      digits = 0
      if (byte === QUOTE) inString = true
      else if (byte === COLON) keys += 1
      else if (OPENING.has(byte)) {
        level += 1
        if (level > depth) depth = level
      } else if (CLOSING.has(byte)) level -= 1
    }
  }
  return { depth, keys, hasLongNumber: longest > EXACT_DIGITS }
}
