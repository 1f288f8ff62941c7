import * as z from 'zod'

/** Defaults of the framework and of SQS where the file says nothing. */
export const DEFAULT_TIMEOUT_S = 6
export const DEFAULT_MEMORY_MB = 1024
const DEFAULT_VISIBILITY_S = 30

/** `POST /forms/{name}` or `{ method, path }`; `*` means any method. */
const Route = z.preprocess(
  (value) => (typeof value === 'string' ? splitRoute(value) : value),
  z.looseObject({
    method: z
      .string()
      .toUpperCase()
      .regex(/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY|\*)$/, 'an HTTP method, ANY or *')
      .transform((method) => (method === '*' ? 'ANY' : method)),
    path: z.string().startsWith('/'),
  }),
)

/** `{ Fn::GetAtt: [Queue, Arn] }`, `{ Fn::GetAtt: Queue.Arn }` or `!GetAtt Queue.Arn` → `Queue` */
const QueueArn = z
  .strictObject({
    'Fn::GetAtt': z.preprocess(
      (value) => (typeof value === 'string' ? value.split('.') : value),
      z.tuple([z.string(), z.literal('Arn')]),
    ),
  })
  .transform((arn) => arn['Fn::GetAtt'][0])

const Queue = z.looseObject({
  arn: QueueArn,
  batchSize: z.number().int().min(1).max(10).default(10),
  maximumConcurrency: z.number().int().min(2).max(1000).default(2),
  functionResponseType: z.literal('ReportBatchItemFailures').optional(),
})
export type QueueEvent = z.infer<typeof Queue>

const Event = z
  .strictObject({ httpApi: Route.optional(), sqs: Queue.optional() })
  .refine((event) => Object.keys(event).length === 1, 'exactly one of httpApi, sqs')

const Defaults = { timeout: z.number().positive().optional(), memorySize: z.number().positive().optional() }

/** A queue in `resources.Resources`. */
export const QueueResource = z.looseObject({
  Type: z.literal('AWS::SQS::Queue'),
  Properties: z
    .looseObject({
      VisibilityTimeout: z.number().default(DEFAULT_VISIBILITY_S),
      RedrivePolicy: z
        .looseObject({ deadLetterTargetArn: QueueArn, maxReceiveCount: z.number().int().positive() })
        .optional(),
    })
    .prefault({}),
})

/** One document of resources, or several that make one. */
const Resources = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value ?? {}]),
  z
    .array(z.looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })).optional() }))
    .transform((documents) => ({ Resources: Object.assign({}, ...documents.map((one) => one.Resources)) })),
)

/** The parts of serverless.yml that one machine runs; whatever else is there is left alone. */
export const Serverless = z.looseObject({
  provider: z.looseObject(Defaults),
  functions: z.record(
    z.string(),
    z.looseObject({ ...Defaults, handler: z.string(), events: z.array(Event).default([]) }),
  ),
  resources: Resources,
})
export type Serverless = z.infer<typeof Serverless>

function splitRoute(text: string): { method: string | undefined; path: string | undefined } {
  const [method, path] = text.trim().split(/\s+/)
  return { method, path }
}
