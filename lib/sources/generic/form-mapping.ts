import type { FormSubmission } from '../../events/form-submission.ts'
import * as z from '../../values/schema.ts'
import { KNOWN_FIELDS } from '../form-fields.ts'
import { isObject, textOf } from '../loose-json.ts'
import type { Json, Verified } from '../source.ts'
import { toSubmission } from '../submission.ts'
import { technicalFields } from '../technical-fields.ts'
import { at, pick, pickText, Selector } from './selector.ts'
import { pickInstant, pickVersion, present } from './values.ts'

/** What of a payload is a submission. */
export const FormMapping = z.strictObject({
  /** Where the filled fields are: an object, or a list of objects with a name and a value. The whole payload otherwise. */
  fields: z.optional(Selector),
  /** In a list: where in each its name and its value are. */
  fieldName: z._default(z.string().check(z.minLength(1)), 'name'),
  fieldValue: z._default(z.string().check(z.minLength(1)), 'value'),
  /** Fields nobody filled in, by name. */
  technical: z._default(z.array(z.string().check(z.minLength(1))), []),
  /** Where the known fields are, when their names do not say it. */
  known: z._default(z.partialRecord(z.enum(KNOWN_FIELDS), Selector), {}),
  /** The sender's id of the submission, when it is sent again after an edit; and the version that tells which is newer. */
  subject: z.optional(Selector),
  version: z.optional(Selector),
  submittedAt: z.optional(Selector),
  pageUrl: z.optional(Selector),
  language: z.optional(Selector),
})
export type FormMapping = z.infer<typeof FormMapping>

/** @throws NotUnderstoodError when nothing was filled in */
export function mappedForm(verified: Verified, instance: string, mapping: FormMapping): FormSubmission {
  const isTechnical = technicalFields(mapping.technical)
  const where = mapping.fields === undefined ? verified.payload : (pick(mapping.fields, verified) ?? null)
  const fields = fieldsOf(where, mapping).filter(({ name }) => !isTechnical(name))
  const known = KNOWN_FIELDS.map((name) => [name, pickText(mapping.known[name], verified)] as const)
  const version = pickVersion(mapping.version, verified)
  const rest = present({
    standing: version === undefined ? undefined : ({ is: 'snapshot', version } as const),
    submittedAt: pickInstant(mapping.submittedAt, verified),
    pageUrl: pickText(mapping.pageUrl, verified),
    language: pickText(mapping.language, verified),
  })
  return toSubmission({ fields, rest, typed: present(Object.fromEntries(known)) }, instance, {})
}

type Field = { readonly name: string; readonly value: string }

function fieldsOf(value: Json, { fieldName, fieldValue }: FormMapping): Field[] {
  if (!Array.isArray(value)) return flatten('', value)
  return (value as readonly Json[]).flatMap((one) => {
    const name = textOf(at(fieldName, one))
    return name === undefined ? [] : flatten(name, at(fieldValue, one) ?? null)
  })
}

/** `{ a: { b: 1 }, c: ['x', 'y'] }` is a.b=1, c=x, c=y. */
function flatten(name: string, value: Json): Field[] {
  if (value === null || value === '') return []
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => flatten(name, one))
  if (!isObject(value)) return [{ name, value: String(value) }]
  return Object.entries(value).flatMap(([key, inner]) => flatten(name === '' ? key : `${name}.${key}`, inner))
}
