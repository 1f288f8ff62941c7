import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startPoller } from '../../local/poller.ts'
import { sqsClient, startSqsServer } from '../../local/sqs-server.ts'

const QUEUES = {
  RetryQueue: { visibilityTimeoutS: 1, redrive: { deadLetterQueue: 'Dead', maxReceiveCount: 2 } },
  Dead: { visibilityTimeoutS: 30 },
}

async function setUp(invoke: (event: SQSEvent) => Promise<unknown>) {
  const server = await startSqsServer({ port: 0, host: '127.0.0.1', queues: QUEUES })
  const client = sqsClient(server.endpoint)
  const poller = startPoller({
    endpoint: server.endpoint,
    queueUrl: server.queueUrls['RetryQueue'] ?? '',
    batchSize: 10,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    invoke,
  })
  onTestFinished(async () => {
    await poller.stop()
    client.destroy()
    await server.close()
  })
  const send = (...bodies: string[]) => {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    return client.send(new SendMessageBatchCommand({ QueueUrl: server.queueUrls['RetryQueue'], Entries }))
  }
  const count = async (queue: keyof typeof QUEUES) => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
    const QueueUrl = server.queueUrls[queue]
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    )
    return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0)
  }
  return { send, count, poller }
}

const bodies = (event: SQSEvent) => event.Records.map(({ body }) => body)

describe('the poller', () => {
  it('hands messages over as Lambda does and deletes what succeeds', async () => {
    const events: SQSEvent[] = []
    const { send, count } = await setUp(async (event) => void events.push(event))
    await send('a', 'b')
    await vi.waitFor(
      async () =>
        expect([events.flatMap(bodies).toSorted(), await count('RetryQueue')]).toEqual([['a', 'b'], 0]),
      5_000,
    )
    expect(events[0]?.Records[0]).toMatchObject({
      eventSource: 'aws:sqs',
      awsRegion: 'eu-west-1',
      eventSourceARN: expect.stringContaining('RetryQueue'),
    })
  })

  it('lets only the reported message come back, and after too many times into the dead-letter queue', async () => {
    const seen: string[] = []
    const { send, count } = await setUp(async (event) => {
      seen.push(...bodies(event))
      const failed = event.Records.filter(({ body }) => body === 'poison')
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
    })
    await send('good', 'poison')
    await vi.waitFor(async () => expect([await count('Dead'), await count('RetryQueue')]).toEqual([1, 0]), {
      timeout: 10_000,
      interval: 100,
    })
    expect(seen.toSorted()).toEqual(['good', 'poison', 'poison'])
  })

  it.each([
    ['throws', async () => Promise.reject(new Error('no'))],
    [
      'reports a message it was never given',
      async () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] }),
    ],
    ['answers nonsense', async () => ({ batchItemFailures: 'all' })],
  ])('gives the whole batch again when the function %s', async (_, failure) => {
    const seen: string[] = []
    const { send, count } = await setUp(async (event) => {
      seen.push(...bodies(event))
      return seen.length <= 2 ? failure() : undefined
    })
    await send('a', 'b')
    await vi.waitFor(
      async () => expect([seen.toSorted(), await count('RetryQueue')]).toEqual([['a', 'a', 'b', 'b'], 0]),
      { timeout: 10_000, interval: 100 },
    )
  })

  it('stops at once while it waits for messages', async () => {
    const { poller } = await setUp(async () => undefined)
    const startedAt = performance.now()
    await poller.stop()
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
