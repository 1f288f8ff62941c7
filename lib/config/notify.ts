import * as z from 'zod'

/** Who hears of what the jobs find. Nobody, unless it is said here. */
export const NotifySettings = z.strictObject({
  /** Through Amazon SES; the sender must be verified there. */
  email: z
    .strictObject({
      from: z.email('an e-mail address'),
      to: z.array(z.email('an e-mail address')).min(1).max(50),
    })
    .optional(),
  /** An incoming webhook, whose address is the value of this secret. */
  chat: z.strictObject({ secret: z.string().min(1) }).optional(),
})
export type NotifySettings = z.infer<typeof NotifySettings>
