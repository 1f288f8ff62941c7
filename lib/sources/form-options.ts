import * as z from 'zod'
import { KNOWN_FIELDS } from './form-fields.ts'

const FieldName = z.string().trim().min(1)

/** What an instance of a form builder can be told in `integration.config.ts`. */
export const FormOptions = z.strictObject({
  /** The form's own name or key for a known field, instead of the usual names. */
  fields: z.partialRecord(z.enum(KNOWN_FIELDS), FieldName).default({}),
  /** Further fields that nobody filled in: not part of the event and of its identity. */
  technical: z.array(FieldName).default([]),
  /** What people call a field the form knows by a number or a key only. */
  labels: z
    .record(FieldName, FieldName)
    .default({})
    .transform((labels) => new Map(Object.entries(labels))),
  /** Ids of the forms that become cases; every other one is ignored. Without it all do. */
  forms: z.array(FieldName).optional(),
})
export type FormOptions = z.infer<typeof FormOptions>
