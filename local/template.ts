import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import * as z from 'zod'

export type FunctionTemplate = {
  readonly key: string
  readonly timeoutMs: number
  readonly memoryMB: number
  readonly routes: readonly { readonly method: string; readonly path: string }[]
  readonly queues: readonly {
    /** Logical id in `resources`. */
    readonly queue: string
    readonly batchSize: number
    readonly maximumConcurrency: number
    readonly reportBatchItemFailures: boolean
  }[]
  readonly schedules: readonly { readonly expressions: readonly string[]; readonly input: unknown }[]
}

export type QueueTemplate = {
  readonly visibilityTimeoutS: number
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number }
}

/** What one machine needs to know of serverless.yml. */
export type Template = {
  readonly functions: Readonly<Record<string, FunctionTemplate>>
  readonly queues: Readonly<Record<string, QueueTemplate>>
}

/** Defaults of the framework and of SQS where the file says nothing. */
const DEFAULT_TIMEOUT_S = 6
const DEFAULT_MEMORY_MB = 1024
const DEFAULT_VISIBILITY_S = 30

const Route = z.union([
  z
    .string()
    .regex(/^[A-Z*]+ \/\S*$/, 'METHOD /path')
    .transform((text) => {
      const [method = '', path = ''] = text.split(' ')
      return { method, path }
    }),
  z.looseObject({
    method: z.string().transform((method) => method.toUpperCase()),
    path: z.string().startsWith('/'),
  }),
])

/** `{ Fn::GetAtt: [Queue, Arn] }` → `Queue` */
const QueueArn = z
  .strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })
  .transform((arn) => arn['Fn::GetAtt'][0])

const Queue = z.looseObject({
  arn: QueueArn,
  batchSize: z.number().int().min(1).max(10).default(10),
  maximumConcurrency: z.number().int().min(2).max(1000).default(2),
  functionResponseType: z.literal('ReportBatchItemFailures').optional(),
})

const Schedule = z.looseObject({
  rate: z.union([z.string(), z.array(z.string())]).transform((rate) => [rate].flat()),
  input: z.unknown(),
})

const Event = z.union([
  z.strictObject({ httpApi: Route }),
  z.strictObject({ sqs: Queue }),
  z.strictObject({ schedule: Schedule }),
])
type Event = z.infer<typeof Event>

const Defaults = { timeout: z.number().positive().optional(), memorySize: z.number().positive().optional() }

const QueueResource = z.looseObject({
  Type: z.literal('AWS::SQS::Queue'),
  Properties: z.looseObject({
    VisibilityTimeout: z.number().default(DEFAULT_VISIBILITY_S),
    RedrivePolicy: z
      .looseObject({ deadLetterTargetArn: QueueArn, maxReceiveCount: z.number().int().positive() })
      .optional(),
  }),
})

const Serverless = z.looseObject({
  provider: z.looseObject(Defaults),
  functions: z.record(
    z.string(),
    z.looseObject({ ...Defaults, handler: z.string(), events: z.array(Event).default([]) }),
  ),
  resources: z
    .looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })).default({}) })
    .optional(),
})
type Serverless = z.infer<typeof Serverless>

/**
 * Reads serverless.yml, so that one machine runs what would be deployed.
 * @throws Error naming the path in the file and the rule
 */
export async function readTemplate(file = 'serverless.yml'): Promise<Template> {
  return parseTemplate(await readFile(file, 'utf8'), file)
}

export function parseTemplate(text: string, file = 'serverless.yml'): Template {
  const result = Serverless.safeParse(parse(text))
  if (!result.success) throw new Error(`${file}: ${describe(result.error)}`)
  const { functions, provider, resources } = result.data
  return {
    functions: mapValues(functions, (one, key) => toFunction(key, one, provider)),
    queues: toQueues(resources?.Resources ?? {}, file),
  }
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
}

function toFunction(
  key: string,
  one: Serverless['functions'][string],
  provider: Serverless['provider'],
): FunctionTemplate {
  return {
    key,
    timeoutMs: (one.timeout ?? provider.timeout ?? DEFAULT_TIMEOUT_S) * 1000,
    memoryMB: one.memorySize ?? provider.memorySize ?? DEFAULT_MEMORY_MB,
    routes: one.events.flatMap((event) => ('httpApi' in event ? [event.httpApi] : [])),
    queues: one.events.flatMap((event: Event) => ('sqs' in event ? [toMapping(event.sqs)] : [])),
    schedules: one.events.flatMap((event) =>
      'schedule' in event ? [{ expressions: event.schedule.rate, input: event.schedule.input }] : [],
    ),
  }
}

function toMapping({ arn, batchSize, maximumConcurrency, functionResponseType }: z.infer<typeof Queue>) {
  return {
    queue: arn,
    batchSize,
    maximumConcurrency,
    reportBatchItemFailures: functionResponseType !== undefined,
  }
}

function toQueues(
  resources: Readonly<Record<string, { Type: string }>>,
  file: string,
): Record<string, QueueTemplate> {
  const queues = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
  return mapValues(Object.fromEntries(queues), (resource, id) => {
    const result = QueueResource.safeParse(resource)
    if (!result.success) throw new Error(`${file}: resources.Resources.${id}: ${describe(result.error)}`)
    const { VisibilityTimeout, RedrivePolicy } = result.data.Properties
    const redrive = RedrivePolicy && {
      deadLetterQueue: RedrivePolicy.deadLetterTargetArn,
      maxReceiveCount: RedrivePolicy.maxReceiveCount,
    }
    return { visibilityTimeoutS: VisibilityTimeout, ...(redrive && { redrive }) }
  })
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
