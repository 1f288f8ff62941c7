import { textDecoder } from './charset.ts'
import type { DecodedForm, FormEntry } from './decoded-form.ts'
import { UndecodableError } from './errors.ts'
import type { HeaderValue } from './header-value.ts'

const MAX_DEPTH = 20

/**
 * Decodes a JSON object into form fields: `{"a":{"b":1},"c":["x","y"]}` becomes a.b=1, c=x, c=y. Numbers keep the
 * digits they were written with, null is left out. Returns undefined for an array or a scalar: valid, but no form.
 * Throws UndecodableError for malformed JSON or more than 20 levels.
 */
export function decodeJson(body: Buffer, contentType: HeaderValue): DecodedForm | undefined {
  const text = textDecoder(contentType.parameters.get('charset'))(body)
  if (text.trim() === '') return { fields: [], files: [] }
  requireShallow(text)
  const value = parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? { fields: flatten('', value), files: [] } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, asWritten)
  } catch (cause) {
    throw new UndecodableError('body: is not well-formed JSON', { cause })
  }
}

/** Integers above 2^53 and trailing zeros would not survive as JavaScript numbers. */
function asWritten(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value
}

function flatten(name: string, value: unknown): FormEntry[] {
  if (value === null) return []
  if (Array.isArray(value)) return value.flatMap((item) => flatten(name, item))
  if (typeof value !== 'object') return [[name, String(value)]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(name === '' ? key : `${name}.${key}`, inner))
}

/** Before parsing: a reviver recurses, so a body of nothing but `[` would exhaust the stack. */
function requireShallow(text: string): void {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') inString = !inString
    else if (inString && character === '\\') at += 1
    else if (!inString) depth += nesting.get(character) ?? 0
    if (depth > MAX_DEPTH)
      throw new UndecodableError(`body: JSON is nested more than ${MAX_DEPTH} levels deep`)
  }
}

const nesting = new Map<string | undefined, number>([
  ['[', 1],
  ['{', 1],
  [']', -1],
  ['}', -1],
])
