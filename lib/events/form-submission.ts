import * as z from 'zod'
import { Standing } from './standing.ts'

const Field = z.strictObject({ name: z.string(), value: z.string() })

const File = z.strictObject({
  field: z.string(),
  filename: z.string(),
  contentType: z.string(),
  sizeInBytes: z.number().int().nonnegative(),
})

/** A file that lies with the vendor: shown to people, never fetched. */
const Link = z.strictObject({ field: z.string(), url: z.string().min(1), filename: z.string().optional() })

/** A visitor sent a form. Text fields the form did not have are absent, never empty strings. */
export const FormSubmission = z.strictObject({
  kind: z.literal('form-submission'),
  /** Configured instance name of the source, e.g. `contact`. */
  form: z.string().min(1),
  /** Absent: the whole of it, as every submission of a plain form is. */
  standing: Standing.optional(),
  firstName: z.string().min(1).optional(),
  lastName: z.string().min(1).optional(),
  /** Syntactically an e-mail address; anything else stays among `fields`. */
  email: z.string().min(3).optional(),
  phone: z.string().min(1).optional(),
  company: z.string().min(1).optional(),
  subject: z.string().min(1).optional(),
  message: z.string().min(1).optional(),
  /** Everything the visitor sent, in order of appearance, technical fields left out. */
  fields: z.array(Field).readonly(),
  files: z.array(File).readonly(),
  links: z.array(Link).readonly().optional(),
  /** When the vendor says it was sent, ISO 8601 in UTC. */
  submittedAt: z.iso.datetime().optional(),
  /** The page the form is on. Shown, never fetched. */
  pageUrl: z.string().min(1).optional(),
  /** BCP 47, e.g. `de`. */
  language: z.string().min(2).optional(),
  /** What people should know of how it arrived: that the captcha service was down, for one. */
  remarks: z.array(z.string().min(1)).readonly().optional(),
})
export type FormSubmission = z.infer<typeof FormSubmission>
