import { SQSClient } from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'
import { addActions } from './sqs-actions.ts'
import { MessageMoves } from './sqs-moves.ts'
import { createQueues } from './sqs-queues.ts'
import type { QueueTemplate } from './template.ts'

export type SqsServer = {
  readonly endpoint: string
  /** By logical id. */
  readonly queueUrls: Readonly<Record<string, string>>
  close(): Promise<void>
}

export type SqsServerOptions = {
  /** 0 is any free port. */
  readonly port: number
  readonly host: string
  readonly queues: Readonly<Record<string, QueueTemplate>>
}

const REGION = 'eu-west-1'

/**
 * An SQS server in memory with the queues of serverless.yml. It may forget: the ledger is the truth and the sweeper
 * queues again after a restart. It is bound to one address, which fauxqs's own start function cannot do.
 * @throws Error when the port is taken or a queue names an unknown dead-letter queue
 */
export async function startSqsServer({ port, host, queues }: SqsServerOptions): Promise<SqsServer> {
  const app = buildApp({ logger: false, defaultRegion: REGION })
  const listening = Promise.withResolvers<SQSClient>()
  const moves = new MessageMoves(listening.promise)
  addActions(app, moves.actions)
  const endpoint = await app.listen({ port, host })
  const client = sqsClient(endpoint)
  listening.resolve(client)
  const close = async () => {
    await moves.stop()
    client.destroy()
    await app.close()
  }
  try {
    return { endpoint, queueUrls: await createQueues(client, queues), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A client of a local server: any credentials, and the endpoint rather than the queue URL's host, which has no address. */
export function sqsClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  })
}
