import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import type { Stats } from '../stats.ts'
import { FaultRule, RandomFaults } from './fault.ts'
import type { Faults } from './faults.ts'
import { isLoopback } from './loopback.ts'

/** Who may log on, changed from outside: a new or expired password, an account locked or freed. */
export type UserAdmin = {
  setPassword(logon: string, password: string): boolean
  setExpired(logon: string, expired: boolean): boolean
  setLocked(logon: string, locked: boolean): boolean
}

const UserChange = z.strictObject({
  password: z.string().optional(),
  expired: z.boolean().optional(),
  locked: z.boolean().optional(),
})

/**
 * The control API under `/__control`. Only for this machine, and not for browsers: a request with an `Origin` is
 * refused, so that no web page can break somebody's emulator.
 * @param longestRequestMs a late commit must come sooner
 */
export function controlRoutes(
  faults: Faults,
  stats: Stats,
  users: UserAdmin,
  longestRequestMs: number,
): Hono {
  const app = new Hono()
  const rules = rulesFor(longestRequestMs)
  app.use(async (context, next) => {
    if (context.req.header('origin') !== undefined) return context.json({ error: 'not for web pages' }, 403)
    if (isLoopback(getConnInfo(context).remote.address)) return next()
    return context.json({ error: 'only for this machine' }, 403)
  })
  app.post('/faults', (context) =>
    change(context, rules, (list) => {
      for (const rule of list) faults.add(rule)
      return undefined
    }),
  )
  app.delete('/faults', (context) => {
    faults.clear()
    return context.json({})
  })
  app.put('/random', (context) =>
    change(context, RandomFaults, (random) => {
      faults.setRandom(random)
      return undefined
    }),
  )
  app.delete('/random', (context) => {
    faults.clearRandom()
    return context.json({})
  })
  app.get('/stats', (context) => context.json(stats.snapshot()))
  app.delete('/stats', (context) => {
    stats.reset()
    return context.json({})
  })
  app.post('/users/:logon', (context) =>
    change(context, UserChange, (wanted) => {
      const logon = context.req.param('logon')
      const isKnown = changeUser(users, logon, wanted)
      return isKnown ? undefined : context.json({ error: `there is no user "${logon}"` }, 404)
    }),
  )
  return app
}

/** One rule or a list of them. */
function rulesFor(longestRequestMs: number) {
  const isInTime = ({ fault }: FaultRule) => fault.kind !== 'late-commit' || fault.ms < longestRequestMs
  const message = `must be less than the longest request, ${longestRequestMs} ms`
  const rule = FaultRule.refine(isInTime, { path: ['fault', 'ms'], message })
  return z.preprocess((body) => [body].flat(), z.array(rule))
}

function changeUser(
  users: UserAdmin,
  logon: string,
  { password, expired, locked }: z.infer<typeof UserChange>,
): boolean {
  const changes = [
    password === undefined || users.setPassword(logon, password),
    expired === undefined || users.setExpired(logon, expired),
    locked === undefined || users.setLocked(logon, locked),
  ]
  return changes.every(Boolean)
}

/** Reads the body, names field and rule of what is wrong with it, or makes the change; an answer of its own wins. */
async function change<T>(
  context: Context,
  schema: z.ZodType<T>,
  apply: (value: T) => Response | undefined,
): Promise<Response> {
  const result = schema.safeParse(await context.req.json().catch(() => undefined))
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    return context.json({ error: issues.join('; ') }, 400)
  }
  return apply(result.data) ?? context.json({})
}
