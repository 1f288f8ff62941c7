import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { Exchange, StatusFault } from '../faults/apply.ts'
import { errorBodies } from './respond.ts'

/** What faults can do with a request over a real connection; `commit` must not throw. */
export function exchangeOf(
  context: Context<{ Bindings: HttpBindings }>,
  commit: Exchange['commit'],
): Exchange {
  return {
    commit,
    reset: () => {
      context.env.incoming.socket.resetAndDestroy()
      return RESPONSE_ALREADY_SENT
    },
    answer: faultResponse,
  }
}

function faultResponse({ status, retryAfterS, body }: StatusFault): Response {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  const message = `fault on demand: status ${status}`
  return errorBodies[body](status, [{ sdataCode: 'ApplicationDiagnosis', message }], headers)
}
