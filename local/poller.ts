import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import * as z from 'zod'
import { toRecord } from './sqs-record.ts'
import { sqsClient } from './sqs-server.ts'

export type PollerOptions = {
  readonly endpoint: string
  readonly queueUrl: string
  readonly batchSize: number
  /** Invocations at the same time. */
  readonly maximumConcurrency: number
  readonly reportBatchItemFailures: boolean
  readonly invoke: (event: SQSEvent) => Promise<unknown>
  readonly onFailure?: (error: unknown) => void
}

export type Poller = { stop(): Promise<void> }

const LONG_POLL_S = 20
const FIRST_BACKOFF_MS = 200
const LONGEST_BACKOFF_MS = 2_000

/**
 * An event-source mapping as Lambda runs it: what the function does not report as failed is deleted; what it does, or
 * a whole batch when it throws, comes back after the queue's visibility timeout.
 */
export function startPoller(options: PollerOptions): Poller {
  const stopped = new AbortController()
  const client = sqsClient(options.endpoint)
  const loops = Array.from({ length: options.maximumConcurrency }, () =>
    poll(client, options, stopped.signal),
  )
  return {
    stop: async () => {
      stopped.abort()
      await Promise.all(loops)
      client.destroy()
    },
  }
}

async function poll(client: SQSClient, options: PollerOptions, signal: AbortSignal): Promise<void> {
  let backoffMs = FIRST_BACKOFF_MS
  while (!signal.aborted) {
    try {
      const messages = await receive(client, options, signal)
      backoffMs = FIRST_BACKOFF_MS
      if (messages.length > 0) await handle(client, options, messages)
    } catch (error) {
      if (signal.aborted) return
      options.onFailure?.(error)
      await sleep(backoffMs, undefined, { signal, ref: false }).catch(() => undefined)
      backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS)
    }
  }
}

async function receive(client: SQSClient, { queueUrl, batchSize }: PollerOptions, abortSignal: AbortSignal) {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: batchSize,
    WaitTimeSeconds: LONG_POLL_S,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  })
  const { Messages } = await client.send(command, { abortSignal })
  return Messages ?? []
}

async function handle(
  client: SQSClient,
  options: PollerOptions,
  messages: readonly Message[],
): Promise<void> {
  const failed = await failedIds(options, messages)
  const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''))
  if (done.length === 0) return
  const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
  const { Failed = [] } = await client.send(
    new DeleteMessageBatchCommand({ QueueUrl: options.queueUrl, Entries }),
  )
  for (const { Code } of Failed) options.onFailure?.(new Error(`a handled message was not deleted: ${Code}`))
}

/** AWS, Lambda developer guide, "Implementing partial batch responses": an absent list means that all succeeded. */
const Failures = z.looseObject({
  batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string() })).nullish(),
})

/** Ids of the messages that must come back: those reported, or all when the function threw or answered nonsense. */
async function failedIds(options: PollerOptions, messages: readonly Message[]): Promise<ReadonlySet<string>> {
  const all = new Set(messages.map(({ MessageId }) => MessageId ?? ''))
  try {
    const result = await options.invoke({
      Records: messages.map((message) => toRecord(message, options.queueUrl)),
    })
    if (!options.reportBatchItemFailures || result === null || result === undefined) return new Set()
    const reported = (Failures.parse(result).batchItemFailures ?? []).map(
      ({ itemIdentifier }) => itemIdentifier,
    )
    return reported.every((id) => all.has(id)) ? new Set(reported) : all
  } catch (error) {
    options.onFailure?.(error)
    return all
  }
}
