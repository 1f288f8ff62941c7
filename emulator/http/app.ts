import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { uniqueViolation } from '../database/unique.ts'
import { findEntity } from '../entities/index.ts'
import { type Patience, underFault } from '../faults/apply.ts'
import type { Faults } from '../faults/faults.ts'
import { refuse } from '../refusal.ts'
import type { Stats } from '../stats.ts'
import { type CrmOptions, type CrmRequest, handleCrmRequest } from './crm-handler.ts'
import { exchangeOf } from './exchange.ts'
import { errorResponse } from './respond.ts'

export type AppOptions = CrmOptions & Patience & { readonly faults: Faults; readonly stats: Stats }

/** The CRM with its faults and counts, at every address. */
export function createApp(options: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const { faults, stats, crm } = options
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('*', async (c) => {
    const resource = resourceOf(c.req.path)
    const end = stats.begin(c.req.method, resource)
    try {
      const { method, url } = c.req
      refuseLarge(Number(c.req.header('content-length') ?? 0))
      const body = await c.req.text()
      refuseLarge(body.length)
      const [authorization, ifMatch] = [c.req.header('authorization'), c.req.header('if-match')]
      const request = { method, url, authorization, ifMatch, body }
      const exchange = exchangeOf(c, async () => answer(request, options))
      return await underFault(faults.take(method, resource), exchange, options)
    } finally {
      end()
    }
  })
  app.onError((error) => errorResponse(error, crm.dialect))
  return app
}

/** Ours: what Tomcat takes is a setting of the installation. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

function refuseLarge(bytes: number): void {
  if (bytes > MAX_BODY_BYTES)
    throw refuse(413, 'ApplicationDiagnosis', `the body is larger than ${MAX_BODY_BYTES} bytes`)
}

function answer(request: CrmRequest, options: CrmOptions): Response {
  try {
    return handleCrmRequest(request, options)
  } catch (error) {
    const { dialect } = options.crm
    return errorResponse(uniqueViolation(error, dialect), dialect)
  }
}

const LONGEST_NAME = 60

/** The resource of a path in its stored casing, for counting and for faults; of unknown ones what was written. */
function resourceOf(path: string): string {
  const [, , , dataset = '', resource = ''] = path.split('/').filter(Boolean)
  if (dataset.startsWith('$')) return dataset
  const name = resource.replace(/\(.*/s, '')
  return findEntity(name)?.name ?? name.slice(0, LONGEST_NAME)
}
