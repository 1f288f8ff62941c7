import * as z from '../values/schema.ts'

/** Who hears of what the jobs find. Nobody, unless it is said here. */
export const NotifySettings = z.strictObject({
  /** Through Amazon SES; the sender must be verified there. */
  email: z.optional(
    z.strictObject({
      from: z.email('an e-mail address'),
      to: z.array(z.email('an e-mail address')).check(z.minLength(1), z.maxLength(50)),
    }),
  ),
  /** An incoming webhook, whose address is the value of this secret. */
  chat: z.optional(z.strictObject({ secret: z.string().check(z.minLength(1)) })),
})
export type NotifySettings = z.infer<typeof NotifySettings>
