import * as z from '../../values/schema.ts'
import { codesIn } from './choices.ts'
import type { Field, FieldType } from './field.ts'

/** Brings a value into the one form of its type; undefined for what it cannot be. Nothing is null in every type. */
type Read = (value: unknown) => unknown

const text: Read = (value) => (typeof value === 'number' ? String(value) : textIn(value))

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A database has no empty number; some answers have empty text in its place. */
function numeric(pattern: RegExp, read: (text: string) => number | string): Read {
  return (value) => {
    const found = text(value) as string | undefined
    if (found === '') return null
    return found !== undefined && pattern.test(found) ? read(found) : undefined
  }
}

/** JSON says true; a database says 'Y' or nothing. */
const CHECKBOX: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, '1', 'Y', 'y', 'true'].map((ticked) => [ticked, true] as const),
  ...[false, 0, '0', 'N', 'n', 'false', ''].map((open) => [open, false] as const),
])

const isListOfText = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

const whole: Read = numeric(/^-?\d+$/, Number)

/** Codes that are in no list and times in any form are let through. */
const READERS: Readonly<Record<FieldType, readonly [read: Read, rule: string]>> = {
  string: [text, 'should have been text'],
  choice: [text, 'should have been a code'],
  integer: [whole, 'should have been a whole number'],
  reference: [whole, 'should have been an id'],
  decimal: [numeric(/^-?\d+(\.\d+)?(e[-+]\d+)?$/, String), 'should have been a number'],
  boolean: [(value) => CHECKBOX.get(value), 'should have been true or false'],
  datetime: [(value) => (value === '' ? null : textIn(value)), 'should have been a time'],
  'multi-choice': [
    (value) => (typeof value === 'string' || isListOfText(value) ? codesIn(value) : undefined),
    'should have been codes',
  ],
}

/** A value as it came, brought into one form: number, decimal text, boolean, text, list of codes, or null for none. */
export function readSchema({ type }: Pick<Field, 'type'>): z.ZodMiniType {
  const [read, rule] = READERS[type]
  const schema = z.transform((value: unknown, context) => {
    const found = value === null ? null : read(value)
    if (found === undefined) context.issues.push({ code: 'custom', message: rule, input: value })
    return found
  })
  return z.optional(schema)
}
