import type { LogFields } from '../values/log.ts'
import { runAutomation } from './automation/run.ts'
import { deliver } from './deliver.ts'
import { drain } from './drain.ts'
import type { Deadline } from './limits.ts'
import { readMessage } from './message.ts'
import type { Pipe } from './pipe.ts'
import { queueRetry } from './retry-queue.ts'

/** A message of the retry queue, as far as it matters here. */
export type RetryMessage = { readonly messageId: string; readonly body: string }

/** Events of a batch that are worked on at the same time. */
const AT_ONCE = 4

/**
 * Events' time has come: the same delivery as the first try; then, while there is time, what else is due. Returns the
 * messages that the queue shall keep: those for which the ledger itself failed, so that a dead letter means that something
 * is wrong with us; and those that the time left does not hold any more.
 */
export async function retryBatch<M extends RetryMessage>(
  messages: readonly M[],
  pipe: Pipe,
  deadline: Deadline,
): Promise<readonly M[]> {
  const failed = await retryAll(messages, pipe, deadline)
  if (failed.length === 0) await goOn(pipe, deadline)
  return failed
}

async function retryAll<M extends RetryMessage>(messages: readonly M[], pipe: Pipe, deadline: Deadline) {
  const waiting = [...messages]
  const failed: M[] = []
  const work = async () => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      const isTooLate = deadline.remainingMs() < pipe.times.requestTimeoutMs
      if (isTooLate || (await hasFailed(message, pipe, deadline))) failed.push(message)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failed
}

async function hasFailed(message: RetryMessage, pipe: Pipe, deadline: Deadline): Promise<boolean> {
  let named: LogFields = {}
  try {
    const said = readMessage(message.body)
    if ('automation' in said) {
      named = { job: said.automation }
      await runAutomation(said.automation, pipe, deadline)
      return false
    }
    named = { eventId: said.eventId }
    await retry(said.eventId, pipe, deadline)
    return false
  } catch (error) {
    pipe.log.error('the message is given back', { ...named, errorName: nameOf(error) })
    return true
  }
}

async function retry(eventId: string, pipe: Pipe, deadline: Deadline): Promise<void> {
  const outcome = await deliver(eventId, pipe, deadline)
  await queueRetry(pipe, eventId, outcome)
  const reason = 'reason' in outcome ? { reason: outcome.reason.code } : {}
  pipe.log.info('retried', { eventId, outcome: outcome.kind, ...reason })
}

/** The messages are done; what goes wrong from here on is in the ledger, and the sweeper comes again. */
async function goOn(pipe: Pipe, deadline: Deadline): Promise<void> {
  try {
    const count = await drain(pipe, deadline)
    if (count > 0) pipe.log.info('drained', { count })
  } catch (error) {
    pipe.log.warn('draining ended early', { errorName: nameOf(error) })
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
