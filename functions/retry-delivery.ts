import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { retryBatch } from '../lib/delivery/retry-batch.ts'
import { assemble } from '../lib/runtime/assemble.ts'
import { correlated } from '../lib/runtime/log.ts'

const RESERVE_MS = 2_000

/** Events' time has come. SQS keeps the messages that are named in the answer. */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler(({ Records }, context) =>
  correlated(context.awsRequestId, async () => {
    const pipe = await assemble()
    const deadline = { remainingMs: () => context.getRemainingTimeInMillis() - RESERVE_MS }
    const failed = await retryBatch(Records, pipe, deadline)
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }),
)
