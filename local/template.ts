import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse, type Tags } from 'yaml'
import * as z from 'zod'
import { withFiles } from './template-files.ts'
import {
  DEFAULT_MEMORY_MB,
  DEFAULT_TIMEOUT_S,
  type QueueEvent,
  QueueResource,
  Serverless,
} from './template-schema.ts'

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

/** CloudFormation's short form of `Fn::GetAtt`, as text or as a list. Other tags are read as what they stand on. */
const TAGS: Tags = [
  { tag: '!GetAtt', resolve: (value: string) => ({ 'Fn::GetAtt': value }) },
  { tag: '!GetAtt', collection: 'seq', resolve: (value) => ({ 'Fn::GetAtt': value.toJSON() as unknown }) },
]

/**
 * Reads serverless.yml and the files it is made of, so that one machine runs what would be deployed.
 * @throws Error naming the path in the file and the rule
 */
export async function readTemplate(file = 'serverless.yml'): Promise<Template> {
  return parseTemplate(await readFile(file, 'utf8'), file)
}

/** As `readTemplate`, of a text; `file` is its name in errors, and its folder is where the files lie it refers to. */
export async function parseTemplate(text: string, file = 'serverless.yml'): Promise<Template> {
  try {
    return toTemplate(await withFiles(parseYaml(text), path.dirname(file), parseYaml))
  } catch (error) {
    throw new Error(`${file}: ${describe(error)}`, { cause: error })
  }
}

function parseYaml(text: string): unknown {
  return parse(text, { customTags: TAGS, merge: true, logLevel: 'error' })
}

function describe(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error)
  return error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`).join('; ')
}

function toTemplate(document: unknown): Template {
  const { functions, provider, resources } = Serverless.parse(document)
  const queues = toQueues(resources.Resources)
  const template = {
    functions: mapValues(functions, (one, key) => toFunction(key, one, provider)),
    queues,
  }
  requireQueues(template)
  return template
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
    routes: one.events.flatMap(({ httpApi }) =>
      httpApi ? [{ method: httpApi.method, path: httpApi.path }] : [],
    ),
    queues: one.events.flatMap(({ sqs }) => (sqs ? [toMapping(sqs)] : [])),
  }
}

function toMapping({ arn, batchSize, maximumConcurrency, functionResponseType }: QueueEvent) {
  const reportBatchItemFailures = functionResponseType !== undefined
  return { queue: arn, batchSize, maximumConcurrency, reportBatchItemFailures }
}

function toQueues(resources: Readonly<Record<string, { Type: string }>>): Record<string, QueueTemplate> {
  const queues = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
  const known = z.object({ resources: z.object({ Resources: z.record(z.string(), QueueResource) }) })
  const { Resources } = known.parse({ resources: { Resources: Object.fromEntries(queues) } }).resources
  return mapValues(Resources, ({ Properties: { VisibilityTimeout, RedrivePolicy } }) => {
    const { deadLetterTargetArn: deadLetterQueue, maxReceiveCount } = RedrivePolicy ?? {}
    const hasRedrive = deadLetterQueue !== undefined && maxReceiveCount !== undefined
    return {
      visibilityTimeoutS: VisibilityTimeout,
      ...(hasRedrive && { redrive: { deadLetterQueue, maxReceiveCount } }),
    }
  })
}

function requireQueues({ functions, queues }: Template): void {
  const uses = [
    ...Object.values(functions).flatMap((one) =>
      one.queues.map(({ queue }) => [`functions.${one.key}.events`, queue] as const),
    ),
    ...Object.entries(queues).flatMap(([id, { redrive }]) =>
      redrive
        ? [[`resources.Resources.${id}.Properties.RedrivePolicy`, redrive.deadLetterQueue] as const]
        : [],
    ),
  ]
  for (const [where, queue] of uses) {
    if (!Object.hasOwn(queues, queue))
      throw new Error(`${where}: resources.Resources has no queue "${queue}"`)
  }
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
