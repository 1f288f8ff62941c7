import {
  CancelMessageMoveTaskCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { attributeOf } from '../../local/sqs-queues.ts'
import { type SqsServer, sqsClient, startSqsServer } from '../../local/sqs-server.ts'

const redrive = { deadLetterQueue: 'Dead', maxReceiveCount: 1 }
const ONE_SOURCE = { Work: { visibilityTimeoutS: 30, redrive }, Dead: { visibilityTimeoutS: 30 } }
const MANY = Array.from({ length: 20 }, (_, index) => `letter ${index}`)
const SOON = { timeout: 5_000, interval: 20 }
const ARN = 'arn:aws:sqs:eu-west-1:000000000000'

class Queues {
  readonly client: SQSClient
  readonly #server: SqsServer

  constructor(server: SqsServer) {
    this.#server = server
    this.client = sqsClient(server.endpoint)
  }

  url(name: string): string {
    return this.#server.queueUrls[name] ?? ''
  }

  async send(name: string, ...bodies: string[]): Promise<void> {
    for (const MessageBody of bodies) {
      const MessageAttributes = { of: { DataType: 'String', StringValue: MessageBody } }
      const QueueUrl = this.url(name)
      await this.client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }))
    }
  }

  async receive(name: string) {
    const QueueUrl = this.url(name)
    const names = { MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }
    const { Messages } = await this.client.send(new ReceiveMessageCommand({ QueueUrl, ...names }))
    return Messages ?? []
  }

  /** Messages in the queue, those in flight too. */
  async count(name: string): Promise<number> {
    const states = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
    const counts = states.map((state) => attributeOf(this.client, this.url(name), state))
    return (await Promise.all(counts)).reduce((sum, count) => sum + Number(count), 0)
  }

  async move(SourceArn: string, DestinationArn?: string, MaxNumberOfMessagesPerSecond?: number) {
    const input = { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond }
    return (await this.client.send(new StartMessageMoveTaskCommand(input))).TaskHandle
  }

  cancel(TaskHandle: string | undefined) {
    return this.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }))
  }

  async tasks(MaxResults?: number) {
    const input = { SourceArn: `${ARN}:Dead`, MaxResults }
    return (await this.client.send(new ListMessageMoveTasksCommand(input))).Results ?? []
  }

  /** The latest task, once it has come to that status. */
  until(Status: string) {
    return vi.waitFor(async () => {
      const [latest] = await this.tasks()
      expect(latest).toMatchObject({ Status })
      return latest
    }, SOON)
  }
}

async function queuesOf(queues: Parameters<typeof startSqsServer>[0]['queues'] = ONE_SOURCE) {
  const server = await startSqsServer({ port: 0, host: '127.0.0.1', queues })
  const all = new Queues(server)
  onTestFinished(async () => {
    all.client.destroy()
    await server.close()
  })
  return all
}

it('dead letters go back to the queue they came from, as new messages', async () => {
  const queues = await queuesOf()
  await queues.send('Dead', 'a', 'b')
  await queues.move(`${ARN}:Dead`)
  const done = await queues.until('COMPLETED')
  expect(done).toMatchObject({ ApproximateNumberOfMessagesMoved: 2, ApproximateNumberOfMessagesToMove: 2 })
  expect(done).not.toHaveProperty('TaskHandle')
  expect(done).not.toHaveProperty('DestinationArn')
  const messages = await queues.receive('Work')
  expect(messages.map(({ Body }) => Body)).toEqual(['a', 'b'])
  expect(messages[0]?.MessageAttributes).toMatchObject({ of: { StringValue: 'a' } })
  expect(await queues.count('Dead')).toBe(0)
})

it('dead letters can go to any other queue', async () => {
  const queues = await queuesOf({ ...ONE_SOURCE, Other: { visibilityTimeoutS: 30 } })
  await queues.send('Dead', 'a')
  await queues.move(`${ARN}:Dead`, `${ARN}:Other`)
  expect(await queues.until('COMPLETED')).toMatchObject({ DestinationArn: `${ARN}:Other` })
  expect([await queues.count('Other'), await queues.count('Work')]).toEqual([1, 0])
})

it('an empty queue is moved at once', async () => {
  const queues = await queuesOf()
  await queues.move(`${ARN}:Dead`)
  expect(await queues.until('COMPLETED')).toMatchObject({ ApproximateNumberOfMessagesMoved: 0 })
})

it('a message that arrives meanwhile stays, so that what fails again is not moved for ever', async () => {
  const queues = await queuesOf()
  await queues.send('Dead', 'a', 'b')
  await queues.move(`${ARN}:Dead`, undefined, 4)
  await queues.send('Dead', 'late')
  expect(await queues.until('COMPLETED')).toMatchObject({ ApproximateNumberOfMessagesMoved: 2 })
  expect([await queues.count('Work'), await queues.count('Dead')]).toEqual([2, 1])
})

it('a running task can be cancelled, keeps what it has moved, and lets another start', async () => {
  const queues = await queuesOf()
  await queues.send('Dead', ...MANY)
  const handle = await queues.move(`${ARN}:Dead`, undefined, 1)
  await vi.waitFor(async () => expect(await queues.count('Work')).toBeGreaterThan(0), SOON)
  expect((await queues.tasks())[0]).toMatchObject({ Status: 'RUNNING', TaskHandle: handle })
  await expect(queues.move(`${ARN}:Dead`)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  await queues.cancel(handle)
  const cancelled = await queues.until('CANCELLED')
  const moved = await queues.count('Work')
  expect(cancelled).toMatchObject({
    ApproximateNumberOfMessagesMoved: moved,
    MaxNumberOfMessagesPerSecond: 1,
  })
  expect(await queues.count('Dead')).toBe(MANY.length - moved)
  await expect(queues.cancel(handle)).rejects.toMatchObject({ name: 'UnsupportedOperation' })

  await queues.move(`${ARN}:Dead`)
  await queues.until('COMPLETED')
  expect(await queues.count('Work')).toBe(MANY.length)
  expect((await queues.tasks(10)).map(({ Status }) => Status)).toEqual(['COMPLETED', 'CANCELLED'])
})

it('a task fails when its destination is taken away', async () => {
  const queues = await queuesOf({ ...ONE_SOURCE, Other: { visibilityTimeoutS: 30 } })
  await queues.send('Dead', ...MANY)
  await queues.move(`${ARN}:Dead`, `${ARN}:Other`, 4)
  await vi.waitFor(async () => expect(await queues.count('Other')).toBeGreaterThan(0), SOON)
  await queues.client.send(new DeleteQueueCommand({ QueueUrl: queues.url('Other') }))
  const failed = await queues.until('FAILED')
  expect(failed).toMatchObject({ FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' })
  expect(failed?.ApproximateNumberOfMessagesMoved).toBeLessThan(MANY.length)
})

it('a dead-letter queue knows its sources', async () => {
  const queues = await queuesOf({ ...ONE_SOURCE, More: { visibilityTimeoutS: 30, redrive } })
  const sourcesOf = async (QueueUrl: string) =>
    (await queues.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }))).queueUrls
  expect(new Set(await sourcesOf(queues.url('Dead')))).toEqual(
    new Set([queues.url('Work'), queues.url('More')]),
  )
  expect(await sourcesOf(queues.url('Work'))).toEqual([])
  await expect(sourcesOf(`${queues.url('Dead')}x`)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
})

it('dead letters of several queues need a named destination', async () => {
  const queues = await queuesOf({ ...ONE_SOURCE, More: { visibilityTimeoutS: 30, redrive } })
  await queues.send('Dead', 'a')
  await expect(queues.move(`${ARN}:Dead`)).rejects.toMatchObject({ name: 'UnsupportedOperation' })
  await queues.move(`${ARN}:Dead`, `${ARN}:More`)
  await queues.until('COMPLETED')
  expect(await queues.count('More')).toBe(1)
})

it.each<[string, Parameters<Queues['move']>, object]>([
  ['a queue that is nobody’s dead-letter queue', [`${ARN}:Work`], { name: 'InvalidParameterValue' }],
  ['an ARN that is none', ['Dead'], { name: 'InvalidParameterValue', message: /SourceArn/ }],
  ['a rate out of range', [`${ARN}:Dead`, undefined, 501], { message: /MaxNumberOfMessagesPerSecond/ }],
  ['an unknown source', [`${ARN}:Nobody`], { name: 'ResourceNotFoundException', message: /SourceArn/ }],
  ['an unknown destination', [`${ARN}:Dead`, `${ARN}:Nobody`], { message: /DestinationArn/ }],
])('a move is refused for %s', async (_, input, { message, ...rest }: { message?: RegExp }) => {
  const queues = await queuesOf()
  await expect(queues.move(...input)).rejects.toMatchObject({
    ...rest,
    message: expect.stringMatching(message ?? /./),
  })
  expect(await queues.tasks()).toEqual([])
})

it('an unknown task cannot be cancelled', async () => {
  const queues = await queuesOf()
  await expect(queues.cancel('nobody')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  })
})

it('a server closes in the middle of a slow move', async () => {
  const server = await startSqsServer({ port: 0, host: '127.0.0.1', queues: ONE_SOURCE })
  const queues = new Queues(server)
  await queues.send('Dead', 'a', 'b')
  await queues.move(`${ARN}:Dead`, undefined, 1)
  await server.close()
  await expect(queues.client.send(new CreateQueueCommand({ QueueName: 'late' }))).rejects.toThrow()
  queues.client.destroy()
})
