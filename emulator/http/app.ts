import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Accounts } from '../accounts.ts'
import { findEntity } from '../entities/index.ts'
import { type Patience, underFault } from '../faults/apply.ts'
import { controlRoutes } from '../faults/control.ts'
import type { Faults } from '../faults/faults.ts'
import type { Stats } from '../stats.ts'
import { type CrmOptions, type CrmRequest, handleCrmRequest } from './crm-handler.ts'
import { exchangeOf } from './exchange.ts'
import { errorResponse } from './respond.ts'

export type AppOptions = CrmOptions &
  Patience & { readonly faults: Faults; readonly stats: Stats; readonly accounts: Accounts }

/** The control API at `/__control`, and the CRM with its faults and counts everywhere else. */
export function createApp(options: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const { faults, stats, accounts, crm } = options
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.route('/__control', controlRoutes(faults, stats, accounts, options.longestRequestMs))
  app.all('*', async (c) => {
    const resource = resourceOf(c.req.path)
    const end = stats.begin(c.req.method, resource)
    try {
      const { method, url } = c.req
      const body = await c.req.text()
      const request = { method, url, authorization: c.req.header('authorization'), body }
      const exchange = exchangeOf(c, async () => answer(request, options))
      return await underFault(faults.take(method, resource), exchange, options)
    } finally {
      end()
    }
  })
  app.onError((error) => errorResponse(error, crm.dialect))
  return app
}

function answer(request: CrmRequest, options: CrmOptions): Response {
  try {
    return handleCrmRequest(request, options)
  } catch (error) {
    return errorResponse(error, options.crm.dialect)
  }
}

/** The resource of a path in its stored casing, for counting and for faults; of unknown ones what was written. */
function resourceOf(path: string): string {
  const [, , , , resource = ''] = path.split('/').filter(Boolean)
  const name = resource.replace(/\(.*/s, '')
  return findEntity(name)?.name ?? name
}
