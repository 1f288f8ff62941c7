import { type Context, Hono } from 'hono'
import * as z from 'zod'
import type { Stats } from '../stats.ts'
import { FaultRule, RandomFaults } from './fault.ts'
import type { Faults } from './faults.ts'

/** Who may log on, changed from outside: a new password, an account locked or freed. */
export type UserAdmin = {
  setPassword(logon: string, password: string): boolean
  setLocked(logon: string, locked: boolean): boolean
}

const Rules = z.union([FaultRule, z.array(FaultRule)]).transform((rules) => [rules].flat())
const UserChange = z.strictObject({ password: z.string().optional(), locked: z.boolean().optional() })

/**
 * The control API under `/__control`. Not for browsers: a request with an `Origin` is refused, so that no web page can
 * break somebody's emulator.
 */
export function controlRoutes(faults: Faults, stats: Stats, users: UserAdmin): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    if (context.req.header('origin') !== undefined) return context.json({ error: 'not for web pages' }, 403)
    return next()
  })
  app.post('/faults', (context) =>
    change(context, Rules, (rules) => rules.forEach((rule) => void faults.add(rule))),
  )
  app.delete('/faults', (context) => {
    faults.clear()
    return context.json({})
  })
  app.put('/random', (context) => change(context, RandomFaults, (random) => faults.setRandom(random)))
  app.get('/stats', (context) => context.json(stats.snapshot()))
  app.delete('/stats', (context) => {
    stats.reset()
    return context.json({})
  })
  app.post('/users/:logon', (context) =>
    change(context, UserChange, ({ password, locked }) => {
      const logon = context.req.param('logon')
      if (password !== undefined) users.setPassword(logon, password)
      if (locked !== undefined) users.setLocked(logon, locked)
    }),
  )
  return app
}

/** Reads the body, names field and rule of what is wrong with it, or makes the change. */
async function change<T>(
  context: Context,
  schema: z.ZodType<T>,
  apply: (value: T) => void,
): Promise<Response> {
  const result = schema.safeParse(await context.req.json().catch(() => undefined))
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    return context.json({ error: issues.join('; ') }, 400)
  }
  apply(result.data)
  return context.json({})
}
