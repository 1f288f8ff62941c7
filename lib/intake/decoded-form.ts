import * as z from '../values/schema.ts'

const Entry = z.readonly(z.tuple([z.string(), z.string()]))

const File = z.strictObject({
  field: z.string(),
  /** Base name as the browser gave it; empty when it gave none. */
  filename: z.string(),
  contentType: z.string(),
  sizeInBytes: z.number().check(z.int(), z.nonnegative()),
  contentBase64: z.string(),
})

/**
 * A body of any form encoding after decoding. Fields are entries in order of appearance, names may repeat and may be
 * anything (`__proto__` included), so they are never the keys of an object.
 */
export const DecodedForm = z.strictObject({
  fields: z.readonly(z.array(Entry)),
  files: z.readonly(z.array(File)),
})
export type DecodedForm = z.infer<typeof DecodedForm>
export type FormEntry = z.infer<typeof Entry>
export type FormFile = z.infer<typeof File>

/** A body whose content type has no decoder, kept whole so that it can be parked and looked at. */
export const UndecodedBody = z.strictObject({
  undecoded: z.strictObject({ contentType: z.string(), contentBase64: z.string() }),
})
export type UndecodedBody = z.infer<typeof UndecodedBody>
