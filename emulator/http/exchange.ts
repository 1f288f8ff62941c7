import type { Socket } from 'node:net'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Exchange, StatusFault } from '../faults/apply.ts'
import { errorBodies } from './respond.ts'

/** What faults can do with a request over a real connection; `commit` must not throw. */
export function exchangeOf(socket: Socket, commit: Exchange['commit']): Exchange {
  return {
    commit,
    reset: () => {
      socket.resetAndDestroy()
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
