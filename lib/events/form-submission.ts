import * as z from '../values/schema.ts'
import { Standing } from './standing.ts'

const Field = z.strictObject({ name: z.string(), value: z.string() })

const File = z.strictObject({
  field: z.string(),
  filename: z.string(),
  contentType: z.string(),
  sizeInBytes: z.number().check(z.int(), z.nonnegative()),
})

/** A file that lies with the vendor: shown to people, never fetched. */
const Link = z.strictObject({
  field: z.string(),
  url: z.string().check(z.minLength(1)),
  filename: z.optional(z.string()),
})

/** A visitor sent a form. Text fields the form did not have are absent, never empty strings. */
export const FormSubmission = z.strictObject({
  kind: z.literal('form-submission'),
  /** Configured instance name of the source, e.g. `contact`. */
  form: z.string().check(z.minLength(1)),
  /** Absent: the whole of it, as every submission of a plain form is. */
  standing: z.optional(Standing),
  firstName: z.optional(z.string().check(z.minLength(1))),
  lastName: z.optional(z.string().check(z.minLength(1))),
  /** Syntactically an e-mail address; anything else stays among `fields`. */
  email: z.optional(z.string().check(z.minLength(3))),
  phone: z.optional(z.string().check(z.minLength(1))),
  company: z.optional(z.string().check(z.minLength(1))),
  subject: z.optional(z.string().check(z.minLength(1))),
  message: z.optional(z.string().check(z.minLength(1))),
  /** Everything the visitor sent, in order of appearance, technical fields left out. */
  fields: z.readonly(z.array(Field)),
  files: z.readonly(z.array(File)),
  links: z.optional(z.readonly(z.array(Link))),
  /** When the vendor says it was sent, ISO 8601 in UTC. */
  submittedAt: z.optional(z.iso.datetime()),
  /** The page the form is on. Shown, never fetched. */
  pageUrl: z.optional(z.string().check(z.minLength(1))),
  /** BCP 47, e.g. `de`. */
  language: z.optional(z.string().check(z.minLength(2))),
  /** What people should know of how it arrived: that the captcha service was down, for one. */
  remarks: z.optional(z.readonly(z.array(z.string().check(z.minLength(1))))),
})
export type FormSubmission = z.infer<typeof FormSubmission>
