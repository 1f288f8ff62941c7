import * as z from '../values/schema.ts'

/** The sender's full state, with the sender's own version of it: a time or a counter. */
export const SnapshotStanding = z.strictObject({
  is: z.literal('snapshot'),
  version: z.optional(z.union([z.string(), z.number()])),
  fact: z.optional(z.string().check(z.minLength(1))),
})

const FactStanding = z.strictObject({ is: z.literal('fact'), name: z.string().check(z.minLength(1)) })

/**
 * What an event says of its subject. All versions of one subject are of one kind, and only an older snapshot is stale. A fact
 * (cancelled, refunded, …) counts for ever, whatever arrives before or after it. A delivery can be both: the full state
 * of an order that was restored.
 */
export const Standing = z.discriminatedUnion('is', [SnapshotStanding, FactStanding])
export type Standing = z.infer<typeof Standing>
