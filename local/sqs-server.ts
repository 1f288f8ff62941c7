import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'
import type { QueueTemplate } from './template.ts'

export type SqsServer = {
  readonly endpoint: string
  /** By logical id. */
  readonly queueUrls: Readonly<Record<string, string>>
  close(): Promise<void>
}

export type SqsServerOptions = {
  readonly port: number
  readonly host: string
  readonly queues: Readonly<Record<string, QueueTemplate>>
}

/**
 * An SQS server in memory with the queues of serverless.yml. It may forget: the ledger is the truth and the sweeper
 * queues again after a restart. It is bound to one address, which fauxqs's own start function cannot do.
 */
export async function startSqsServer({ port, host, queues }: SqsServerOptions): Promise<SqsServer> {
  const app = buildApp({ logger: false, defaultRegion: 'eu-west-1' })
  const endpoint = await app.listen({ port, host })
  const client = sqsClient(endpoint)
  const queueUrls = await createQueues(client, queues)
  client.destroy()
  return { endpoint, queueUrls, close: () => app.close() }
}

/** A client of a local server: any credentials, and the endpoint rather than the queue URL's host, which has no address. */
export function sqsClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  })
}

/** Dead-letter queues first: the others name them. */
async function createQueues(
  client: SQSClient,
  queues: SqsServerOptions['queues'],
): Promise<Record<string, string>> {
  const urls: Record<string, string> = {}
  const inOrder = Object.entries(queues).toSorted(
    ([, a], [, b]) => Number('redrive' in a) - Number('redrive' in b),
  )
  for (const [id, queue] of inOrder) {
    const Attributes = await attributesOf(client, queue, urls)
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: id, Attributes }))
    urls[id] = QueueUrl ?? ''
  }
  return urls
}

async function attributesOf(client: SQSClient, queue: QueueTemplate, urls: Readonly<Record<string, string>>) {
  const VisibilityTimeout = String(queue.visibilityTimeoutS)
  if (queue.redrive === undefined) return { VisibilityTimeout }
  const { deadLetterQueue, maxReceiveCount } = queue.redrive
  const QueueUrl = urls[deadLetterQueue]
  const found = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: found.Attributes?.['QueueArn'],
    maxReceiveCount,
  })
  return { VisibilityTimeout, RedrivePolicy }
}
