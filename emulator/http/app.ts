import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Accounts } from '../accounts.ts'
import { findEntity } from '../entities/index.ts'
import { controlRoutes } from '../faults/control.ts'
import type { Faults } from '../faults/faults.ts'
import type { Stats } from '../stats.ts'
import { applyFault, type FaultContext } from './apply-fault.ts'
import { type CrmOptions, handleCrmRequest } from './crm-handler.ts'
import { errorResponse } from './respond.ts'

export type AppOptions = CrmOptions &
  FaultContext & { readonly faults: Faults; readonly stats: Stats; readonly accounts: Accounts }

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
      const answer = async () =>
        handleCrmRequest({ method, url, authorization: c.req.header('authorization'), body }, options)
      const fault = faults.take(c.req.method, resource)
      return await (fault === undefined ? answer() : applyFault(fault, answer, c, options))
    } finally {
      end()
    }
  })
  app.onError((error) => errorResponse(error, crm.dialect))
  return app
}

/** The resource of a path in its stored casing, for counting and for faults; of unknown ones what was written. */
function resourceOf(path: string): string {
  const [, , , , resource = ''] = path.split('/').filter(Boolean)
  const name = resource.replace(/\(.*/s, '')
  return findEntity(name)?.name ?? name
}
