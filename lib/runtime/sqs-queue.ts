import type { SQSClient } from '@aws-sdk/client-sqs'
import type { RetryQueue } from '../delivery/retry-queue.ts'

const LONGEST_DELAY_S = 900

/**
 * The retry queue on SQS. The SDK is loaded when the first message is sent: most invocations never need it, and it
 * costs more start-up time than everything else.
 */
export function sqsRetryQueue(queueUrl: string): RetryQueue {
  let client: Promise<SQSClient> | undefined
  const send = async (message: { eventId: string } | { automation: string }, delayMs: number) => {
    client ??= connect()
    const { SendMessageCommand } = await import('./sqs-sdk.ts')
    const DelaySeconds = Math.min(LONGEST_DELAY_S, Math.ceil(delayMs / 1000))
    const MessageBody = JSON.stringify(message)
    await (await client).send(new SendMessageCommand({ QueueUrl: queueUrl, DelaySeconds, MessageBody }))
  }
  return {
    send: (eventId, delayMs) => send({ eventId }, delayMs),
    sendRun: (automation, delayMs) => send({ automation }, delayMs),
  }
}

/** The queue URL's host need not be the endpoint: on one machine it cannot be resolved. */
async function connect(): Promise<SQSClient> {
  const sdk = await import('./sqs-sdk.ts')
  return new sdk.SQSClient({ useQueueUrlAsEndpoint: false })
}
