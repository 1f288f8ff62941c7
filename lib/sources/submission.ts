import { FormSubmission } from '../events/form-submission.ts'
import { type PersonName, splitName } from '../values/person-name.ts'
import { stripControl } from '../values/text.ts'
import { NotUnderstoodError } from './errors.ts'
import { type KnownFields, pickKnownFields } from './form-fields.ts'
import { issuesOf } from './options.ts'

/** What a form's adapter has read, before the known fields are told apart. */
export type ReadForm = {
  /** Everything the visitor filled in, in order of appearance. Names are what people see, keys what the form knows. */
  readonly fields: readonly { readonly name: string; readonly key?: string; readonly value: string }[]
  readonly files?: FormSubmission['files']
  readonly rest?: Pick<
    FormSubmission,
    'standing' | 'links' | 'submittedAt' | 'pageUrl' | 'language' | 'remarks'
  >
  /** What the vendor's own field types say, which is surer than a name. */
  readonly typed?: KnownFields
}

/**
 * The submission a form makes.
 * @param names the form's own names for the known fields, from the configuration
 * @throws NotUnderstoodError when nothing was filled in
 */
export function toSubmission(
  { fields: read, files = [], rest = {}, typed = {} }: ReadForm,
  instance: string,
  names: KnownFields,
): FormSubmission {
  const keyed = read.map((field) => ({
    ...field,
    name: stripControl(field.name),
    value: stripControl(field.value),
  }))
  const fields = keyed.map(({ name, value }) => ({ name, value }))
  const isBlank = fields.every(({ value }) => value.trim() === '')
  if (isBlank && files.length === 0 && (rest.links ?? []).length === 0) {
    throw new NotUnderstoodError('the form has no filled field')
  }
  const { name, ...known } = pickKnownFields(keyed, names, typed)
  const result = FormSubmission.safeParse({
    kind: 'form-submission',
    form: instance,
    ...nameParts(name, known),
    ...known,
    fields,
    files: files.map((file) => ({ ...file, filename: stripControl(file.filename) })),
    ...rest,
  })
  if (result.success) return result.data
  throw new NotUnderstoodError('the form does not make a valid submission', issuesOf(result.error))
}

/** A lone first name takes its last name from the full name; a form with both parts needs no full name. */
function nameParts(fullName: string | undefined, { firstName, lastName }: KnownFields): PersonName {
  if (fullName === undefined || lastName !== undefined) return {}
  const split = splitName(fullName)
  return firstName === undefined || split.lastName === undefined ? split : { lastName: split.lastName }
}
