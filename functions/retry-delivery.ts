import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { deliver } from '../lib/delivery/deliver.ts'
import { readMessage } from '../lib/delivery/message.ts'
import type { Pipe } from '../lib/delivery/pipe.ts'
import { queueRetry } from '../lib/delivery/retry-queue.ts'
import { assemble } from '../lib/runtime/assemble.ts'
import { correlated } from '../lib/runtime/log.ts'
import type { LogFields } from '../lib/values/log.ts'

const RESERVE_MS = 2_000

/**
 * An event's time has come: the same delivery as the first try. A message is given back to SQS only when the ledger
 * itself failed, so a dead letter always means that something is wrong with us.
 */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler(({ Records }, context) =>
  correlated(context.awsRequestId, async () => {
    const pipe = await assemble()
    const failed = await Promise.all(Records.map((record) => hasFailed(record, pipe, context)))
    const failures = Records.filter((_, index) => failed[index])
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }),
)

async function hasFailed(record: SQSRecord, pipe: Pipe, context: Context): Promise<boolean> {
  let named: LogFields = {}
  try {
    const { eventId } = readMessage(record.body)
    named = { eventId }
    await retry(eventId, pipe, context)
    return false
  } catch (error) {
    const errorName = error instanceof Error ? error.name : 'unknown'
    pipe.log.error('the message is given back', { ...named, errorName })
    return true
  }
}

async function retry(eventId: string, pipe: Pipe, context: Context): Promise<void> {
  const deadline = { remainingMs: () => context.getRemainingTimeInMillis() - RESERVE_MS }
  const outcome = await deliver(eventId, pipe, deadline)
  await queueRetry(pipe, eventId, outcome)
  const reason = 'reason' in outcome ? { reason: outcome.reason.code } : {}
  pipe.log.info('retried', { eventId, outcome: outcome.kind, ...reason })
}
