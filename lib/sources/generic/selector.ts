import * as z from '../../values/schema.ts'
import { isObject, textOf } from '../loose-json.ts'
import type { Json, Verified } from '../source.ts'

/** What values are picked from: the payload, and the headers that were kept of the delivery. */
export type Picked = Pick<Verified, 'headers' | 'payload'>

/**
 * Where a value is: a dotted path into the payload (`data.lines.0.sku`; `\.` is a dot of a key), `header:x-name`, or
 * `=text` for the text itself. Of several the first that is there counts.
 */
export const Selector = z.union([
  z.string().check(z.minLength(1)),
  z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
])
export type Selector = z.infer<typeof Selector>

/** A rule about one value. What is not there is the empty text. */
export const Condition = z
  .strictObject({
    where: Selector,
    is: z.optional(z.array(z.string())),
    isNot: z.optional(z.array(z.string())),
  })
  .check(z.refine(({ is, isNot }) => (is === undefined) !== (isNot === undefined), 'either `is` or `isNot`'))
export type Condition = z.infer<typeof Condition>

const HEADER = 'header:'

/** The value as it is; undefined when it is not there. */
export function pick(selector: Selector, from: Picked): Json | undefined {
  for (const one of [selector].flat()) {
    const value = pickOne(one, from)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** The value as text: text, a number, true or false. */
export function pickText(selector: Selector | undefined, from: Picked): string | undefined {
  if (selector === undefined) return undefined
  const value = pick(selector, from)
  return typeof value === 'boolean' ? String(value) : textOf(value)
}

export function holds({ where, is, isNot }: Condition, from: Picked): boolean {
  const value = pickText(where, from) ?? ''
  return is === undefined ? !(isNot ?? []).includes(value) : is.includes(value)
}

/** The headers a selector reads, in lower case. */
export function headersOf(selector: Selector): string[] {
  return [selector]
    .flat()
    .filter((one) => one.startsWith(HEADER))
    .map((one) => one.slice(HEADER.length).toLowerCase())
}

function pickOne(selector: string, { headers, payload }: Picked): Json | undefined {
  if (selector.startsWith('=')) return selector.slice(1)
  if (selector.startsWith(HEADER)) return headers[selector.slice(HEADER.length).toLowerCase()]
  return at(selector, payload)
}

/** What lies at a dotted path. */
export function at(path: string, value: Json | undefined): Json | undefined {
  let found = value
  for (const key of path.split(/(?<!\\)\./).map((one) => one.replaceAll('\\.', '.'))) {
    if (Array.isArray(found)) found = (found as readonly Json[])[Number(key)]
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  return found
}
