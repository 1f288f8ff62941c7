import type { HttpBindings } from '@hono/node-server'
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

/** Answers a request at any address. */
export type App = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** The CRM with its faults and counts. What needs no waiting for is answered at once. */
export function createApp(options: AppOptions): App {
  const { faults, stats, crm } = options
  return (request, { incoming }) => {
    const { method } = request
    const url = new URL(request.url)
    const resource = resourceOf(url.pathname)
    const end = stats.begin(method, resource)
    const respond = (body: string) => {
      const [authorization, ifMatch] = ['authorization', 'if-match'].map((name) => header(request, name))
      const asked = { method, url, authorization, ifMatch, body }
      const exchange = exchangeOf(incoming.socket, (part) => answer({ ...asked, ...part }, options))
      return underFault(faults.take(method, resource), exchange, options)
    }
    const response = BODILESS.includes(method) ? respond('') : bodyOf(request).then(respond)
    if (response instanceof Promise)
      return response.catch((error: unknown) => errorResponse(error, crm.dialect)).finally(end)
    end()
    return response
  }
}

/** To read the body that these do not have, the adapter would make a whole Request. */
const BODILESS: readonly string[] = ['GET', 'HEAD']

function header(request: Request, name: string): string | undefined {
  return request.headers.get(name) ?? undefined
}

/** Ours: what Tomcat takes is a setting of the installation. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

async function bodyOf(request: Request): Promise<string> {
  refuseLarge(Number(header(request, 'content-length') ?? 0))
  const body = await request.text()
  refuseLarge(body.length)
  return body
}

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
