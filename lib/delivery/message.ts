import * as z from '../values/schema.ts'

const Message = z.union([
  z.strictObject({ eventId: z.string().check(z.minLength(1)) }),
  z.strictObject({ automation: z.string().check(z.minLength(1)) }),
])

/** Reads the body of a retry message. Throws ZodError or SyntaxError for anything that is not one of ours. */
export function readMessage(body: string): z.infer<typeof Message> {
  return Message.parse(JSON.parse(body))
}
