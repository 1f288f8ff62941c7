import * as z from 'zod'
import { codesIn } from './choices.ts'
import type { Field, FieldType } from './field.ts'

/** JSON says true; a database says 'Y' or nothing. */
const checkbox = z.union([
  z.boolean(),
  z.enum(['Y', 'y', 'true', '1']).transform(() => true),
  z.enum(['N', 'n', 'false', '0', '']).transform(() => false),
  z.literal([0, 1]).transform((bit) => bit === 1),
])

/** Text that is a number, and JSON's numbers as text. */
function numeric(pattern: RegExp, rule: string) {
  return z
    .union([z.string(), z.number()], rule)
    .transform(String)
    .refine((text) => text === '' || pattern.test(text), { error: rule, abort: true })
    .transform((text) => text || null)
}

const whole = numeric(/^-?\d+$/, 'should have been a whole number').transform((text) => text && Number(text))
const amount = numeric(/^-?\d+(\.\d+)?(e[-+]\d+)?$/, 'should have been a number')
const text = z.union([z.string(), z.number().transform(String)], 'should have been text')

/** How each type is read, in whatever form it comes. Codes that are in no list and times in any form are let through. */
const SCHEMAS: Readonly<Record<FieldType, z.ZodType>> = {
  string: text,
  choice: text,
  integer: whole,
  reference: whole,
  decimal: amount,
  boolean: checkbox,
  datetime: z.string('should have been a time').transform((time) => time || null),
  'multi-choice': z
    .union([z.string(), z.array(z.string())], 'should have been codes')
    .transform((value) => codesIn(value)),
}

/** A value as it came, brought into one form: number, decimal text, boolean, text, list of codes, or null for none. */
export function readSchema({ type }: Pick<Field, 'type'>): z.ZodType {
  return SCHEMAS[type]
}
