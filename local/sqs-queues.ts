import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { QueueTemplate } from './template.ts'

/**
 * Creates the queues and returns their URLs, both by logical id. The redrive policies come last: each names a queue
 * that must exist by then.
 * @throws Error naming the queue and its unknown dead-letter queue
 */
export async function createQueues(
  client: SQSClient,
  queues: Readonly<Record<string, QueueTemplate>>,
): Promise<Record<string, string>> {
  const urls: Record<string, string> = {}
  for (const [id, { visibilityTimeoutS }] of Object.entries(queues)) {
    const Attributes = { VisibilityTimeout: String(visibilityTimeoutS) }
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: id, Attributes }))
    urls[id] = QueueUrl
  }
  for (const [id, { redrive }] of Object.entries(queues)) {
    if (redrive !== undefined) await setRedrivePolicy(client, urls, id, redrive)
  }
  return urls
}

/** @throws QueueDoesNotExist of the SDK */
export async function attributeOf(
  client: SQSClient,
  QueueUrl: string,
  name: QueueAttributeName,
): Promise<string | undefined> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] })
  return (await client.send(command)).Attributes?.[name]
}

/** The URL of a queue by its ARN. @throws QueueDoesNotExist of the SDK */
export async function urlOf(client: SQSClient, arn: string): Promise<string> {
  const QueueName = arn.split(':').at(-1)
  const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName }))
  return QueueUrl
}

/** The URLs of the queues whose dead letters go to the one with that ARN. */
export async function sourcesOf(client: SQSClient, arn: string): Promise<string[]> {
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}))
  const targets = await Promise.all(QueueUrls.map((url) => deadLetterTargetOf(client, url)))
  return QueueUrls.filter((_, index) => targets[index] === arn)
}

async function deadLetterTargetOf(client: SQSClient, url: string): Promise<string | undefined> {
  const policy = await attributeOf(client, url, 'RedrivePolicy')
  return (JSON.parse(policy ?? '{}') as { deadLetterTargetArn?: string }).deadLetterTargetArn
}

async function setRedrivePolicy(
  client: SQSClient,
  urls: Readonly<Record<string, string>>,
  id: string,
  { deadLetterQueue, maxReceiveCount }: NonNullable<QueueTemplate['redrive']>,
): Promise<void> {
  const url = urls[deadLetterQueue]
  if (url === undefined)
    throw new Error(`queue "${id}": its dead-letter queue "${deadLetterQueue}" is not among the queues`)
  const deadLetterTargetArn = await attributeOf(client, url, 'QueueArn')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
  await client.send(new SetQueueAttributesCommand({ QueueUrl: urls[id], Attributes: { RedrivePolicy } }))
}
