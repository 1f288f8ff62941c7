import { createServer } from 'node:http'
import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type PollerOptions, startPoller } from '../../local/poller.ts'
import { type SqsServer, sqsClient, startSqsServer } from '../../local/sqs-server.ts'

const QUEUES = {
  RetryQueue: { visibilityTimeoutS: 1, redrive: { deadLetterQueue: 'Dead', maxReceiveCount: 2 } },
  Dead: { visibilityTimeoutS: 30 },
}
type Server = Pick<SqsServer, 'endpoint' | 'queueUrls'>
type Settings = Pick<PollerOptions, 'invoke'> & Partial<PollerOptions>

const SOON = { timeout: 10_000, interval: 20 }

function startServer(port = 0): Promise<SqsServer> {
  return startSqsServer({ port, host: '127.0.0.1', queues: QUEUES })
}

function startOn({ endpoint, queueUrls }: Server, options: Settings, finished = onTestFinished) {
  const poller = startPoller({
    endpoint,
    queueUrl: queueUrls['RetryQueue'] ?? '',
    batchSize: 10,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    ...options,
  })
  finished(() => poller.stop())
  return poller
}

function queuesOf({ endpoint, queueUrls }: SqsServer, finished = onTestFinished) {
  const client = sqsClient(endpoint)
  finished(() => client.destroy())
  const send = (...bodies: string[]) => {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    return client.send(new SendMessageBatchCommand({ QueueUrl: queueUrls['RetryQueue'], Entries }))
  }
  /** Messages in the queue, those in flight too. */
  const count = async (queue: keyof typeof QUEUES) => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
    const QueueUrl = queueUrls[queue]
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    )
    return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0)
  }
  return { client, send, count }
}

/** A server that ends after the poller; a test that runs beside others passes its own `finished`. */
async function setUp(
  invoke: PollerOptions['invoke'],
  options: Partial<PollerOptions> = {},
  finished = onTestFinished,
) {
  const server = await startServer()
  finished(() => server.close())
  const start = () => startOn(server, { invoke, ...options }, finished)
  return { ...queuesOf(server, finished), server, start }
}

const bodiesOf = (event: SQSEvent) => event.Records.map(({ body }) => body)

describe('a message', () => {
  it('reaches the function in the form of Lambda, with its attributes', async () => {
    const invoke = vi.fn(async (_: SQSEvent) => undefined)
    const { client, server, start } = await setUp(invoke)
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'é' },
      bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    }
    const Entries = [{ Id: '1', MessageBody: 'hello', MessageAttributes }]
    const QueueUrl = server.queueUrls['RetryQueue']
    const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    start()
    await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce(), SOON)
    const [record, ...others] = invoke.mock.lastCall?.[0].Records ?? []
    expect(others).toEqual([])
    expect(record).toEqual({
      messageId: sent.Successful?.[0]?.MessageId,
      receiptHandle: expect.stringMatching(/./),
      body: 'hello',
      attributes: expect.objectContaining({
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
      }),
      messageAttributes: {
        text: { stringValue: 'é', stringListValues: [], binaryListValues: [], dataType: 'String' },
        bytes: { binaryValue: 'AP8=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
      },
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      md5OfMessageAttributes: sent.Successful?.[0]?.MD5OfMessageAttributes,
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:RetryQueue',
      awsRegion: 'eu-west-1',
    })
  })

  it('that is reported comes back alone, and ends in the dead-letter queue after too many times', async () => {
    const seen: string[] = []
    const { send, count, start } = await setUp(async (event) => {
      seen.push(...bodiesOf(event))
      const failed = event.Records.filter(({ body }) => body === 'poison')
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
    })
    await send('good', 'poison')
    start()
    await vi.waitFor(
      async () => expect([await count('Dead'), await count('RetryQueue')]).toEqual([1, 0]),
      SOON,
    )
    expect(seen.toSorted()).toEqual(['good', 'poison', 'poison'])
  })
})

describe('a batch', () => {
  it('has as many messages as it may, and no more', async () => {
    const sizes: number[] = []
    const invoke = async (event: SQSEvent) => void sizes.push(event.Records.length)
    const { send, count, start } = await setUp(invoke, { batchSize: 4, maximumConcurrency: 1 })
    await send(...'abcdefghij')
    start()
    await vi.waitFor(async () => expect(await count('RetryQueue')).toBe(0), SOON)
    expect(sizes).toEqual([4, 4, 2])
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['no list', { batchItemFailures: null }],
    ['an empty list', { batchItemFailures: [] }],
  ])('is deleted when the function answers %s', async (_, result) => {
    const invoke = vi.fn(async () => result)
    const { send, count, start } = await setUp(invoke)
    await send('a', 'b')
    start()
    await vi.waitFor(async () => expect(await count('RetryQueue')).toBe(0), SOON)
    expect(invoke).toHaveBeenCalledOnce()
  })

  it('is deleted, whatever is reported, when the function is not to report', async () => {
    const invoke = vi.fn(async ({ Records }: SQSEvent) => ({
      batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    }))
    const { send, count, start } = await setUp(invoke, { reportBatchItemFailures: false })
    await send('a', 'b')
    start()
    await vi.waitFor(async () => expect(await count('RetryQueue')).toBe(0), SOON)
    expect(invoke).toHaveBeenCalledOnce()
  })

  const itemOf = ({ Records }: SQSEvent) => Records[0]?.messageId
  it.concurrent.for<[string, (event: SQSEvent) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    [
      'reports a message it was never given',
      (event) => ({
        batchItemFailures: [{ itemIdentifier: itemOf(event) }, { itemIdentifier: 'other' }],
      }),
    ],
    ['reports an empty id', () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
    ['reports no id', () => ({ batchItemFailures: [{ itemIdentifier: null }] })],
    ['reports under another key', (event) => ({ batchItemFailures: [{ id: itemOf(event) }] })],
    ['answers nonsense', () => ({ batchItemFailures: 'all' })],
    ['answers a text', () => 'ok'],
  ])('comes again as a whole when the function %s', async ([_, failure], test) => {
    const seen: string[] = []
    const invoke = async (event: SQSEvent) => {
      seen.push(...bodiesOf(event))
      return seen.length <= 2 ? failure(event) : undefined
    }
    const { send, count, start } = await setUp(invoke, {}, test.onTestFinished)
    await send('a', 'b')
    start()
    await vi.waitFor(
      async () =>
        test.expect([seen.toSorted(), await count('RetryQueue')]).toEqual([['a', 'a', 'b', 'b'], 0]),
      SOON,
    )
  })
})

it('no more functions run at a time than may', async () => {
  let running = 0
  let most = 0
  const invoke = async () => {
    running += 1
    most = Math.max(most, running)
    await vi.waitFor(() => expect(most).toBe(3), SOON)
    await new Promise((turn) => setImmediate(turn))
    running -= 1
  }
  const { send, count, start } = await setUp(invoke, { batchSize: 1, maximumConcurrency: 3 })
  await send(...'abcdefghij')
  start()
  await vi.waitFor(async () => expect(await count('RetryQueue')).toBe(0), SOON)
  expect(most).toBe(3)
})

it('a function in flight finishes before the poller has stopped, and its messages are deleted', async () => {
  const started = Promise.withResolvers<void>()
  const result = Promise.withResolvers<void>()
  const invoke = vi.fn(() => {
    started.resolve()
    return result.promise
  })
  const { send, count, start } = await setUp(invoke)
  await send('a')
  const poller = start()
  await started.promise
  const stopped = poller.stop()
  await send('b')
  result.resolve()
  await stopped
  expect(await count('RetryQueue')).toBe(1)
  expect(invoke).toHaveBeenCalledOnce()
})

it('a poller that waits for messages stops at once', async () => {
  const { start } = await setUp(async () => undefined)
  const startedAt = performance.now()
  await start().stop()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})

it('a queue that goes away and comes back is polled again', async () => {
  const first = await startServer()
  const onFailure = vi.fn()
  const seen: string[] = []
  const invoke = async (event: SQSEvent) => void seen.push(...bodiesOf(event))
  startOn(first, { invoke, onFailure })
  await queuesOf(first).send('before')
  await vi.waitFor(() => expect(seen).toEqual(['before']), SOON)
  await first.close()
  await vi.waitFor(() => expect(onFailure).toHaveBeenCalled(), SOON)
  const second = await startServer(Number(new URL(first.endpoint).port))
  onTestFinished(() => second.close())
  await queuesOf(second).send('after')
  await vi.waitFor(() => expect(seen).toEqual(['before', 'after']), SOON)
})

it('a message that could not be deleted is told', async () => {
  const answers: Record<string, object> = {
    'AmazonSQS.ReceiveMessage': {
      Messages: [
        {
          MessageId: 'm',
          ReceiptHandle: 'r',
          Body: 'a',
          MD5OfBody: '0cc175b9c0f1b6a831c399e269772661',
          Attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: '1',
            SenderId: 's',
            ApproximateFirstReceiveTimestamp: '1',
          },
        },
      ],
    },
    'AmazonSQS.DeleteMessageBatch': {
      Failed: [{ Id: '0', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }],
    },
  }
  const server = createServer((request, response) => {
    const answer = answers[String(request.headers['x-amz-target'])]
    request.resume().on('end', () => response.end(JSON.stringify(answer)))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const onFailure = vi.fn()
  const queueUrls = { RetryQueue: `${endpoint}/000000000000/RetryQueue` }
  const options = { invoke: async () => undefined, onFailure }
  startOn({ endpoint, queueUrls }, options)
  await vi.waitFor(
    () =>
      expect(onFailure).toHaveBeenCalledWith(
        expect.objectContaining({ message: expect.stringContaining('ReceiptHandleIsInvalid') }),
      ),
    SOON,
  )
})
