import type { IncomingMessage, RequestListener } from 'node:http'
import { uniqueViolation } from '../database/unique.ts'
import { findEntity } from '../entities/index.ts'
import { type Outcome, type Patience, underFault } from '../faults/apply.ts'
import type { Faults } from '../faults/faults.ts'
import type { Stats } from '../stats.ts'
import { type CrmOptions, type CrmRequest, handleCrmRequest } from './crm-handler.ts'
import { exchangeOf } from './exchange.ts'
import { bodyOf, send, targetOf } from './message.ts'
import type { Reply } from './reply.ts'
import { errorReply } from './respond.ts'

export type AppOptions = CrmOptions & Patience & { readonly faults: Faults; readonly stats: Stats }

/** The CRM with its faults and counts, at any address. What needs no waiting for is answered at once. */
export function createApp(options: AppOptions): RequestListener {
  return (incoming, outgoing) => {
    const finish = (outcome: Outcome) => outcome && send(outgoing, outcome)
    const fail = (error: unknown) => send(outgoing, errorReply(error, options.crm.dialect))
    try {
      const outcome = outcomeOf(incoming, options)
      if (outcome instanceof Promise) outcome.then(finish, fail)
      else finish(outcome)
    } catch (error) {
      fail(error)
    }
  }
}

function outcomeOf(incoming: IncomingMessage, options: AppOptions): Outcome | Promise<Outcome> {
  const { faults, stats } = options
  const target = targetOf(incoming)
  const { method = '', headers, socket } = incoming
  const resource = resourceOf(target.path)
  const end = stats.begin(method, resource)
  const respond = (body: string) => {
    const asked = { method, target, authorization: headers.authorization, ifMatch: headers['if-match'], body }
    const commit = () => stats.commit(method, resource)
    const exchange = exchangeOf(socket, (part) => answer({ ...asked, ...part }, options, commit))
    return underFault(faults.take(method, resource), exchange, options)
  }
  const outcome = READS.includes(method) ? respond('') : bodyOf(incoming).then(respond)
  if (outcome instanceof Promise) return outcome.finally(end)
  end()
  return outcome
}

const READS: readonly string[] = ['GET', 'HEAD']

/**
 * Nobody hears of a write before it is committed; those of one turn of the event loop are committed together.
 * @param hasWritten told when a write has taken effect
 */
function answer(request: CrmRequest, options: CrmOptions, hasWritten: () => void): Reply | Promise<Reply> {
  const { database, dialect } = options.crm
  const reply = replyTo(request, options)
  const told = () => {
    if (!READS.includes(request.method) && reply.status < FIRST_ERROR) hasWritten()
    return reply
  }
  return database.committed?.then(told, (error: unknown) => errorReply(error, dialect)) ?? told()
}

const FIRST_ERROR = 400

function replyTo(request: CrmRequest, options: CrmOptions): Reply {
  const { database, dialect } = options.crm
  try {
    if (!READS.includes(request.method)) database.shareCommit()
    return handleCrmRequest(request, options)
  } catch (error) {
    return errorReply(uniqueViolation(error, dialect), dialect)
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
