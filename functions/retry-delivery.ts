import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { deliver } from '../lib/delivery/deliver.ts'
import { readMessage } from '../lib/delivery/message.ts'
import type { Pipe } from '../lib/delivery/pipe.ts'
import { queueRetry } from '../lib/delivery/retry-queue.ts'
import { assemble } from '../lib/runtime/assemble.ts'

const RESERVE_MS = 2_000

/**
 * An event's time has come: the same delivery as the first try. A message is given back to SQS only when the ledger
 * itself failed, so a dead letter always means that something is wrong with us.
 */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }, context) => {
  const pipe = await assemble()
  const results = await Promise.allSettled(Records.map((record) => retry(record, pipe, context)))
  const batchItemFailures = results.flatMap((result, index) => {
    const itemIdentifier = Records[index]?.messageId
    return result.status === 'rejected' && itemIdentifier !== undefined ? [{ itemIdentifier }] : []
  })
  return { batchItemFailures }
})

async function retry(record: SQSRecord, pipe: Pipe, context: Context): Promise<void> {
  const { eventId } = readMessage(record.body)
  const deadline = { remainingMs: () => context.getRemainingTimeInMillis() - RESERVE_MS }
  const outcome = await deliver(eventId, pipe, deadline)
  await queueRetry(pipe, eventId, outcome)
  const reason = 'reason' in outcome ? { reason: outcome.reason.code } : {}
  pipe.log.info('retried', { eventId, correlationId: context.awsRequestId, outcome: outcome.kind, ...reason })
}
