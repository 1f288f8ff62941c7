import { parseArgs } from 'node:util'
import * as z from 'zod'
import { endWithParent } from './child-lifetime.ts'
import { startSqsServer } from './sqs-server.ts'

/** `node local/sqs-main.ts --queues '{"RetryQueue":{"visibilityTimeoutS":30}}'`: SQS as a process of its own. */
const Options = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  host: z.string(),
  queues: z.record(
    z.string(),
    z.strictObject({
      visibilityTimeoutS: z.number().int().min(0).max(43_200),
      redrive: z
        .strictObject({ deadLetterQueue: z.string(), maxReceiveCount: z.number().int().min(1) })
        .exactOptional(),
    }),
  ),
})

try {
  const server = await startSqsServer(readOptions())
  endWithParent(server.close)
  process.send?.({ type: 'ready', endpoint: server.endpoint, queueUrls: server.queueUrls })
} catch (error) {
  console.error(`the SQS server cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

function readOptions(): z.infer<typeof Options> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      queues: { type: 'string', default: '{}' },
    },
  })
  const read = Options.safeParse({ ...values, queues: parseJson(values.queues) })
  if (read.success) return read.data
  const rules = read.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`)
  throw new Error(rules.join('; '))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error('--queues must be JSON', { cause })
  }
}
