import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteMessageCommand,
  type ListMessageMoveTasksResultEntry,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'

export type Move = {
  readonly handle: string
  readonly sourceArn: string
  /** As it was asked for; without it the messages go back to where they came from. */
  readonly destinationArn: string | undefined
  readonly maxPerSecond: number | undefined
  readonly fromUrl: string
  readonly toUrl: string
  /** Messages there were when it started: what fails again meanwhile is not moved twice. */
  readonly toMove: number
  readonly startedAt: Date
}

type Status = 'RUNNING' | 'CANCELLING' | 'CANCELLED' | 'COMPLETED' | 'FAILED'

/** Moves the messages of one queue to another, one by one; each arrives as a new message, as it does on AWS. */
export class MoveTask {
  readonly #move: Move
  readonly #cancelled = new AbortController()
  readonly #finished: Promise<void>
  #status: Status = 'RUNNING'
  #moved = 0
  #failureReason: string | undefined

  constructor(client: SQSClient, move: Move) {
    this.#move = move
    this.#finished = this.#run(client)
  }

  get sourceArn(): string {
    return this.#move.sourceArn
  }

  get handle(): string {
    return this.#move.handle
  }

  get moved(): number {
    return this.#moved
  }

  /** One task at a time is active for a queue. */
  get isActive(): boolean {
    return this.#status === 'RUNNING' || this.#status === 'CANCELLING'
  }

  get isRunning(): boolean {
    return this.#status === 'RUNNING'
  }

  /** Stops it after the message it is at. Returns when it has stopped. */
  async cancel(): Promise<void> {
    if (this.isRunning) this.#status = 'CANCELLING'
    this.#cancelled.abort()
    await this.#finished
  }

  /** As `ListMessageMoveTasks` shows it: with the handle only while it can be cancelled. */
  describe(): ListMessageMoveTasksResultEntry {
    const { handle, sourceArn, destinationArn, maxPerSecond, toMove, startedAt } = this.#move
    return {
      TaskHandle: this.isRunning ? handle : undefined,
      Status: this.#status,
      SourceArn: sourceArn,
      DestinationArn: destinationArn,
      MaxNumberOfMessagesPerSecond: maxPerSecond,
      ApproximateNumberOfMessagesMoved: this.#moved,
      ApproximateNumberOfMessagesToMove: toMove,
      FailureReason: this.#failureReason,
      StartedTimestamp: startedAt.getTime(),
    }
  }

  async #run(client: SQSClient): Promise<void> {
    try {
      await this.#moveAll(client)
      this.#status = this.#cancelled.signal.aborted ? 'CANCELLED' : 'COMPLETED'
    } catch (error) {
      this.#status = 'FAILED'
      this.#failureReason =
        error instanceof QueueDoesNotExist ? 'AWS.SimpleQueueService.NonExistentQueue' : String(error)
    }
  }

  async #moveAll(client: SQSClient): Promise<void> {
    const { fromUrl, toUrl, toMove, maxPerSecond } = this.#move
    const { signal } = this.#cancelled
    while (!signal.aborted && this.#moved < toMove) {
      if (!(await moveOne(client, fromUrl, toUrl))) return
      this.#moved += 1
      if (maxPerSecond === undefined) continue
      await sleep(1_000 / maxPerSecond, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

/** Whether there was a message. A failure between the two steps leaves it in both queues, never in none. */
async function moveOne(client: SQSClient, fromUrl: string, toUrl: string): Promise<boolean> {
  const receive = { QueueUrl: fromUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 0 }
  const { Messages } = await client.send(new ReceiveMessageCommand(receive))
  const [message] = Messages ?? []
  if (message === undefined) return false
  const { Body: MessageBody, MessageAttributes, ReceiptHandle } = message
  await client.send(new SendMessageCommand({ QueueUrl: toUrl, MessageBody, MessageAttributes }))
  await client.send(new DeleteMessageCommand({ QueueUrl: fromUrl, ReceiptHandle }))
  return true
}
