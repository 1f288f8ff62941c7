import type { Json } from './source.ts'

const MAX_DEPTH = 8

/**
 * A value as PHP's `serialize` writes it (WordPress keeps lists so): strings, numbers, booleans, null and arrays. Objects
 * are never read. undefined: it is no such text, or not a whole one.
 */
export function readPhpValue(text: string): Json | undefined {
  const bytes = Buffer.from(text)
  try {
    const { value, end } = readAt(bytes, 0, 0)
    return end === bytes.length ? value : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type Read = { readonly value: Json; readonly end: number }

function readAt(bytes: Buffer, at: number, depth: number): Read {
  const type = String.fromCharCode(bytes[at] ?? 0)
  if (type === 'N') return { value: null, end: after(bytes, at + 1, ';') }
  const [head, next] = until(bytes, after(bytes, at + 1, ':'), type === 's' || type === 'a' ? ':' : ';')
  switch (type) {
    case 'b':
      return { value: head === '1', end: next }
    case 'i':
    case 'd':
      return { value: head, end: next }
    case 's':
      return readString(bytes, next, lengthOf(head))
    case 'a':
      return readArray(bytes, next, lengthOf(head), depth)
    default:
      throw new RangeError('no PHP value')
  }
}

/** The length of a string counts bytes. */
function readString(bytes: Buffer, at: number, length: number): Read {
  const from = after(bytes, at, '"')
  const end = after(bytes, after(bytes, from + length, '"'), ';')
  return { value: bytes.toString('utf8', from, from + length), end }
}

function readArray(bytes: Buffer, at: number, length: number, depth: number): Read {
  if (depth >= MAX_DEPTH) throw new RangeError('nested too deep')
  const entries: [string, Json][] = []
  let end = after(bytes, at, '{')
  for (let index = 0; index < length; index += 1) {
    const key = readAt(bytes, end, MAX_DEPTH)
    const value = readAt(bytes, key.end, depth + 1)
    entries.push([String(key.value), value.value])
    end = value.end
  }
  const isList = entries.every(([key], index) => key === String(index))
  const value = isList ? entries.map(([, one]) => one) : Object.fromEntries(entries)
  return { value, end: after(bytes, end, '}') }
}

function after(bytes: Buffer, at: number, character: string): number {
  if (bytes[at] !== character.charCodeAt(0)) throw new RangeError(`no ${character}`)
  return at + 1
}

function until(bytes: Buffer, at: number, character: string): [string, number] {
  const end = bytes.indexOf(character, at)
  if (end < 0 || end - at > 32) throw new RangeError(`no ${character}`)
  return [bytes.toString('latin1', at, end), end + 1]
}

function lengthOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError('no length')
  return Number(text)
}
