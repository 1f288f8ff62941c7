import type { Socket } from 'node:net'
import type { Exchange, StatusFault } from '../faults/apply.ts'
import type { Reply } from './reply.ts'
import { errorBodies } from './respond.ts'

/** What faults can do with a request over a real connection; `commit` must not throw. */
export function exchangeOf(socket: Socket, commit: Exchange['commit']): Exchange {
  return {
    commit,
    reset: () => {
      socket.resetAndDestroy()
    },
    answer: faultReply,
  }
}

function faultReply({ status, retryAfterS, body }: StatusFault): Reply {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  const message = `fault on demand: status ${status}`
  return errorBodies[body](status, [{ sdataCode: 'ApplicationDiagnosis', message }], headers)
}
