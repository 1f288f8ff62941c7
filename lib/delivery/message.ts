import * as z from 'zod'

const Message = z.union([
  z.strictObject({ eventId: z.string().min(1) }),
  z.strictObject({ automation: z.string().min(1) }),
])

/** Reads the body of a retry message. Throws ZodError or SyntaxError for anything that is not one of ours. */
export function readMessage(body: string): z.infer<typeof Message> {
  return Message.parse(JSON.parse(body))
}
