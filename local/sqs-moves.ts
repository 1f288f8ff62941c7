import { randomUUID } from 'node:crypto'
import { QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { type SqsAction, SqsRefusal } from './sqs-actions.ts'
import { MoveTask } from './sqs-move-task.ts'
import { attributeOf, sourcesOf, urlOf } from './sqs-queues.ts'

const Arn = z.string().startsWith('arn:aws:sqs:')
const Start = z.object({
  SourceArn: Arn,
  DestinationArn: Arn.optional(),
  MaxNumberOfMessagesPerSecond: z.number().int().min(1).max(500).optional(),
})
const List = z.object({ SourceArn: Arn, MaxResults: z.number().int().min(1).max(10).default(1) })
const Cancel = z.object({ TaskHandle: z.string() })
const Sources = z.object({ QueueUrl: z.string() })

/**
 * The actions of a redrive, which fauxqs lacks: dead letters go back to the queue they came from or to one that is
 * named. Answers and error codes as recorded from AWS (localstack/localstack, `test_sqs_move_task.snapshot.json`).
 * A dead letter does not tell here where it came from, so one queue for several needs a DestinationArn.
 */
export class MessageMoves {
  readonly #client: Promise<SQSClient>
  /** Latest first. */
  readonly #tasks: MoveTask[] = []

  readonly actions: Readonly<Record<string, SqsAction>> = {
    StartMessageMoveTask: async (input) => this.#start(Start.parse(input)),
    ListMessageMoveTasks: async (input) => this.#list(List.parse(input)),
    CancelMessageMoveTask: async (input) => this.#cancel(Cancel.parse(input)),
    ListDeadLetterSourceQueues: async (input) => this.#sources(Sources.parse(input)),
  }

  /** `client` speaks to the very server that has these actions; it may come once the server listens. */
  constructor(client: Promise<SQSClient>) {
    this.#client = client
  }

  /** Cancels what is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.cancel()))
  }

  async #start({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond }: z.infer<typeof Start>) {
    const client = await this.#client
    const fromUrl = await existing('SourceArn', urlOf(client, SourceArn))
    const sources = await sourcesOf(client, SourceArn)
    if (sources.length === 0) throw new SqsRefusal(INVALID, 'SourceArn: not a dead-letter queue')
    const toUrl =
      DestinationArn === undefined
        ? onlyOne(sources)
        : await existing('DestinationArn', urlOf(client, DestinationArn))
    const toMove = Number(await attributeOf(client, fromUrl, 'ApproximateNumberOfMessages'))
    if (this.#tasks.some((task) => task.isActive && task.sourceArn === SourceArn)) {
      throw new SqsRefusal(INVALID, 'SourceArn: a task is running for it, and there may be one at a time')
    }
    const task = new MoveTask(client, {
      handle: randomUUID(),
      sourceArn: SourceArn,
      destinationArn: DestinationArn,
      maxPerSecond: MaxNumberOfMessagesPerSecond,
      fromUrl,
      toUrl,
      toMove,
      startedAt: new Date(),
    })
    this.#tasks.unshift(task)
    return { TaskHandle: task.handle }
  }

  #list({ SourceArn, MaxResults }: z.infer<typeof List>) {
    const tasks = this.#tasks.filter((task) => task.sourceArn === SourceArn)
    return { Results: tasks.slice(0, MaxResults).map((task) => task.describe()) }
  }

  #cancel({ TaskHandle }: z.infer<typeof Cancel>) {
    const task = this.#tasks.find(({ handle }) => handle === TaskHandle)
    if (task === undefined) throw new SqsRefusal(NOT_FOUND, 'TaskHandle: there is no such task', 404)
    if (!task.isRunning) throw new SqsRefusal('UnsupportedOperation', 'TaskHandle: the task is not running')
    void task.cancel()
    return { ApproximateNumberOfMessagesMoved: task.moved }
  }

  async #sources({ QueueUrl }: z.infer<typeof Sources>) {
    const client = await this.#client
    const arn = await existing(
      'QueueUrl',
      attributeOf(client, QueueUrl, 'QueueArn'),
      'QueueDoesNotExist',
      400,
    )
    return { queueUrls: await sourcesOf(client, arn ?? '') }
  }
}

const INVALID = 'InvalidParameterValue'
const NOT_FOUND = 'ResourceNotFoundException'

function onlyOne(sources: readonly string[]): string {
  const [source = '', ...others] = sources
  if (others.length === 0) return source
  throw new SqsRefusal('UnsupportedOperation', 'DestinationArn: needed, as several queues share SourceArn')
}

async function existing<T>(parameter: string, queue: Promise<T>, code = NOT_FOUND, status = 404): Promise<T> {
  try {
    return await queue
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error
    throw new SqsRefusal(code, `${parameter}: there is no such queue`, status)
  }
}
