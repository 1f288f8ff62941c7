import * as z from '../values/schema.ts'
import { KNOWN_FIELDS } from './form-fields.ts'

const FieldName = z.string().check(z.trim(), z.minLength(1))

/** What an instance of a form builder can be told in `integration.config.ts`. */
export const FormOptions = z.strictObject({
  /** The form's own name or key for a known field, instead of the usual names. */
  fields: z._default(z.partialRecord(z.enum(KNOWN_FIELDS), FieldName), {}),
  /** Further fields that nobody filled in: not part of the event and of its identity. */
  technical: z._default(z.array(FieldName), []),
  /** What people call a field the form knows by a number or a key only. */
  labels: z.pipe(
    z._default(z.record(FieldName, FieldName), {}),
    z.transform((labels) => new Map(Object.entries(labels))),
  ),
  /** Ids of the forms that become cases; every other one is ignored. Without it all do. */
  forms: z.optional(z.array(FieldName)),
})
export type FormOptions = z.infer<typeof FormOptions>
