import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { parser } from '@aws-lambda-powertools/parser/middleware'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import * as z from 'zod'

/**
 * What a function for this job is usually made of: middy, Powertools, zod, clients of the SDK made outside the handler
 * as AWS advises. Bundled by the bench with the same settings as ours; it is never called with a delivery.
 */
const logger = new Logger({ serviceName: 'usual' })
const metrics = new Metrics({ namespace: 'usual', serviceName: 'usual' })
const tracer = new Tracer({ serviceName: 'usual', enabled: false })
const awsSdkV3Client = new DynamoDBClient({ region: 'eu-west-1' })
const sqs = new SQSClient({ region: 'eu-west-1' })
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'usual', awsSdkV3Client })
const config = new IdempotencyConfig({ eventKeyJmesPath: 'id' })
const batch = new BatchProcessor(EventType.SQS)

const Form = z.object({ id: z.string(), email: z.email(), message: z.string().min(1) })

const store = makeIdempotent(
  async (form: z.infer<typeof Form>) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: 'https://usual.example', MessageBody: form.id }))
    return form.id
  },
  { persistenceStore, config },
)

export const retry = (event: Parameters<typeof processPartialResponse>[0]) =>
  processPartialResponse(event, async () => undefined, batch)

const Event = z.looseObject({ body: z.string().optional() })

export const handler = middy(async (event: z.infer<typeof Event>) => {
  if (event.body === undefined) return { statusCode: 204 }
  return { statusCode: 200, body: await store(Form.parse(JSON.parse(event.body))) }
})
  .use(captureLambdaHandler(tracer))
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .use(parser({ schema: Event }))
