import type { FormEntry } from '../intake/decoded-form.ts'
import * as z from '../values/schema.ts'
import { trimToUndefined } from '../values/text.ts'

const FieldName = z.string().check(z.trim(), z.minLength(1))

/** What tells programs from people without asking anybody. */
export const spamOptions = {
  /** A field people cannot see; a submission that fills it is ignored. */
  honeypot: z._default(FieldName, '_gotcha'),
  /** How long a person needs at least. The page's script measures it: see docs/sources/web-form.md. */
  minimumFill: z.optional(
    z.strictObject({
      milliseconds: z.number().check(z.int(), z.minimum(1), z.maximum(60_000)),
      /** Holds the milliseconds from the page's start to its sending. */
      field: z._default(FieldName, 'fill_ms'),
      /** Whether a form without that field is ignored as well: nobody without JavaScript gets through then. */
      required: z._default(z.boolean(), false),
    }),
  ),
} as const
const SpamOptions = z.object(spamOptions)
type SpamOptions = z.infer<typeof SpamOptions>

/** Why a form is taken for a program's: `honeypot` or `too-fast`. undefined: it may be a person's. */
export function spamReason(fields: readonly FormEntry[], options: SpamOptions): string | undefined {
  if (filledValue(fields, options.honeypot) !== undefined) return 'honeypot'
  const { minimumFill } = options
  if (minimumFill === undefined) return undefined
  const measured = numberIn(filledValue(fields, minimumFill.field))
  if (measured === undefined) return minimumFill.required ? 'too-fast' : undefined
  return measured < minimumFill.milliseconds ? 'too-fast' : undefined
}

/** What `performance.now()` gives, as text. */
function numberIn(text = ''): number | undefined {
  return /^-?\d+(\.\d*)?(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : undefined
}

/** The names of the fields that carry such signs. */
export function spamFields({ honeypot, minimumFill }: SpamOptions): string[] {
  return [honeypot, ...(minimumFill === undefined ? [] : [minimumFill.field])]
}

/** The first filled value of a field, letter case of its name aside. */
export function filledValue(fields: readonly FormEntry[], wanted: string): string | undefined {
  for (const [name, value] of fields) {
    if (name.trim().toLowerCase() === wanted.toLowerCase() && value.trim() !== '')
      return trimToUndefined(value)
  }
  return undefined
}
