import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { deliver } from '../lib/delivery/deliver.ts'
import { drain } from '../lib/delivery/drain.ts'
import type { Deadline } from '../lib/delivery/limits.ts'
import { readMessage } from '../lib/delivery/message.ts'
import type { Pipe } from '../lib/delivery/pipe.ts'
import { queueRetry } from '../lib/delivery/retry-queue.ts'
import { assemble } from '../lib/runtime/assemble.ts'
import { correlated } from '../lib/runtime/log.ts'

const RESERVE_MS = 2_000
/** Events of a batch that are worked on at the same time. */
const AT_ONCE = 4

/**
 * An event's time has come: the same delivery as the first try; then, while there is time, what else is due. A message is
 * given back to SQS when the ledger itself failed, so a dead letter means that something is wrong with us; and when the
 * time left does not hold a delivery any more.
 */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler(({ Records }, context) =>
  correlated(context.awsRequestId, async () => {
    const pipe = await assemble()
    const deadline = { remainingMs: () => context.getRemainingTimeInMillis() - RESERVE_MS }
    const failures = await retryAll(Records, pipe, deadline)
    if (failures.length === 0) await goOn(pipe, deadline)
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }),
)

/** Returns the messages that SQS shall keep. */
async function retryAll(
  records: readonly SQSRecord[],
  pipe: Pipe,
  deadline: Deadline,
): Promise<readonly SQSRecord[]> {
  const waiting = [...records]
  const failed: SQSRecord[] = []
  const work = async () => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) {
      const isTooLate = deadline.remainingMs() < pipe.times.requestTimeoutMs
      if (isTooLate || (await hasFailed(record, pipe, deadline))) failed.push(record)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failed
}

async function hasFailed(record: SQSRecord, pipe: Pipe, deadline: Deadline): Promise<boolean> {
  try {
    await retry(record, pipe, deadline)
    return false
  } catch (error) {
    pipe.log.error('the message is given back', { errorName: nameOf(error) })
    return true
  }
}

async function retry(record: SQSRecord, pipe: Pipe, deadline: Deadline): Promise<void> {
  const { eventId } = readMessage(record.body)
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
