import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import type { Accounts } from '../accounts.ts'
import type { Access } from '../records/access.ts'
import type { Stats } from '../stats.ts'
import { FaultRule, RandomFaults } from './fault.ts'
import type { Faults } from './faults.ts'
import { isLoopback } from './loopback.ts'

const FieldNames = z
  .array(z.string())
  .default([])
  .transform((names) => new Set(names.map((name) => name.toLowerCase())))

/** Field security and territories of a user; what is left out does not limit. */
const AccessChange = z
  .strictObject({
    hidden: FieldNames,
    readOnly: FieldNames,
    territories: z.array(z.number().int()).optional(),
  })
  .transform(({ territories, ...fields }): Access => {
    return territories === undefined ? fields : { ...fields, territories: new Set(territories) }
  })

const UserChange = z.strictObject({
  password: z.string().optional(),
  expired: z.boolean().optional(),
  locked: z.boolean().optional(),
  disabled: z.boolean().optional(),
  resource: z.boolean().optional(),
  access: AccessChange.optional(),
})

/**
 * The control API, on a port of its own so that the CRM's addresses hold nothing that is not the CRM's. Only for this
 * machine, and not for browsers: a request with an `Origin` is refused, so that no web page can break somebody's emulator.
 * @param longestRequestMs a late commit must come sooner
 */
export function controlRoutes(
  faults: Faults,
  stats: Stats,
  accounts: Accounts,
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
      return accounts.change(logon, wanted) ? undefined : noUser(context, logon)
    }),
  )
  app.post('/sessions/:logon', (context) => {
    const logon = context.req.param('logon')
    const sid = accounts.openSession(logon)
    return sid === undefined ? noUser(context, logon) : context.json({ sid })
  })
  app.delete('/sessions', (context) => {
    accounts.closeSessions()
    return context.json({})
  })
  return app
}

/** One rule or a list of them. */
function rulesFor(longestRequestMs: number) {
  const isInTime = ({ fault }: FaultRule) => fault.kind !== 'late-commit' || fault.ms < longestRequestMs
  const message = `must be less than the longest request, ${longestRequestMs} ms`
  const rule = FaultRule.refine(isInTime, { path: ['fault', 'ms'], message })
  return z.preprocess((body) => [body].flat(), z.array(rule))
}

function noUser(context: Context, logon: string): Response {
  return context.json({ error: `there is no user "${logon}"` }, 404)
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
