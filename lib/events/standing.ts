import * as z from 'zod'

/**
 * What an event says of its subject. A snapshot is the sender's full state, with the sender's own version of it (a time or a
 * counter; all of one subject are of one kind): only an older one is stale. A fact (cancelled, refunded, …) counts for
 * ever, whatever arrives before or after it. A delivery can be both: the full state of an order that was restored.
 */
export const Standing = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('snapshot'),
    version: z.union([z.string(), z.number()]).optional(),
    fact: z.string().min(1).optional(),
  }),
  z.strictObject({ is: z.literal('fact'), name: z.string().min(1) }),
])
export type Standing = z.infer<typeof Standing>
