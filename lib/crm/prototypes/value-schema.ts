import * as z from '../../values/schema.ts'
import { codeMeant, codesIn, listed } from './choices.ts'
import type { Field } from './field.ts'

/** A value as it may be sent. Numbers may be strings: ids and amounts are, with us. */
export function valueSchema(field: Field): z.ZodMiniType {
  switch (field.type) {
    case 'integer':
    case 'reference':
      return integer(field)
    case 'decimal':
      return numeric(/^-?\d+(\.\d+)?$/, 'must be a decimal number')
    case 'boolean':
      return z.union([z.boolean(), z.enum(['Y', 'N', ''])], says('must be true or false'))
    case 'datetime':
      return datetime
    case 'choice':
      return choice(field)
    case 'multi-choice':
      return multiChoice(field)
    default:
      return text(field)
  }
}

type Said = { readonly error: (issue: { readonly input?: unknown }) => string }

function says(rule: string | ((input: unknown) => string)): Said {
  return {
    error: ({ input }) => {
      if (input === undefined || input === null) return 'is mandatory'
      return typeof rule === 'string' ? rule : rule(input)
    },
  }
}

function integer({ references }: Field): z.ZodMiniType {
  const rule = `must be a whole number${references === undefined ? '' : `, the id of a record of ${references}`}`
  return numeric(/^-?\d+$/, rule)
}

function numeric(pattern: RegExp, rule: string): z.ZodMiniType {
  return z
    .union([z.number(), z.string()], says(rule))
    .check(z.refine((value) => pattern.test(String(value)), { ...says(rule), abort: true }))
}

/** Sage CRM's own form has whole seconds in UTC: `2017-06-27T23:00:00Z`. Some installations may use their own zone. */
const datetime = z.iso.datetime({
  ...says('must be a time like 2026-11-24T02:30:00Z'),
  offset: true,
  local: true,
})

function choice(field: Field): z.ZodMiniType {
  const codes = field.choices?.map(({ code }) => code) ?? []
  if (codes.length === 0) return text(field)
  return z.enum(
    codes,
    says((input) => `must be one of the codes ${listed(field)}${hint(field, [input])}`),
  )
}

/** A list of codes, or the text `,one,two,` that Sage CRM stores. */
function multiChoice(field: Field): z.ZodMiniType {
  const known = new Set(field.choices?.map(({ code }) => code))
  const isKnown = (code: string) => known.size === 0 || known.has(code)
  const rule = says(
    (input) => `may hold the codes ${listed(field)}${hint(field, codesIn(input as string | string[]))}`,
  )
  const stored = (value: string | readonly string[]) => `,${codesIn(value).join(',')},`
  const { maxLength = Number.POSITIVE_INFINITY, mandatory } = field
  return z
    .union([z.string(), z.array(z.string())], says('must be a list of codes, or text like ,one,two,'))
    .check(
      z.refine((value) => codesIn(value).every(isKnown), rule),
      z.refine((value) => !mandatory || codesIn(value).length > 0, 'must not be empty'),
      z.refine((value) => stored(value).length <= maxLength, {
        error: ({ input }) => tooLong(maxLength, stored(input as string | string[])),
      }),
    )
}

/** People write captions; the CRM stores codes. What was given is not repeated: it may be somebody's. */
function hint(field: Field, given: readonly unknown[]): string {
  const codes = given.map((one) => codeMeant(field, String(one)))
  const other = codes.filter((code, index) => code !== undefined && code !== given[index])
  return other.length === 0 ? '' : `; meant is perhaps ${other.join(', ')}`
}

function text(field: Field): z.ZodMiniType {
  const base = z.string(says('must be text'))
  const filled = field.mandatory ? base.check(z.minLength(1, 'must not be empty')) : base
  if (field.maxLength === undefined) return filled
  const { maxLength } = field
  return filled.check(z.maxLength(maxLength, { error: ({ input }) => tooLong(maxLength, String(input)) }))
}

function tooLong(maxLength: number, value: string): string {
  return `at most ${maxLength} characters (has ${value.length})`
}
