import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import { endWithParent } from '../../local/child-lifetime.ts'
import { localFunctions } from '../../local/functions.ts'
import { startGateway } from '../../local/gateway.ts'
import { startPoller } from '../../local/poller.ts'
import { startSchedules } from '../../local/schedule.ts'
import { readTemplate } from '../../local/template.ts'

/**
 * One of several workers on a shared ledger: the functions of serverless.yml behind a gateway, a poller and a clock of its own,
 * with the soak's integration.config.ts in the place of the user's.
 */
const CONFIG = pathToFileURL(path.join(import.meta.dirname, 'integration.config.ts')).href
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.endsWith('/integration.config.ts') ? CONFIG : specifier, context),
})

/** Shorter than on AWS: a worker that was killed keeps its leases for as long as it might have gone on. */
const TIMEOUT_MS = 14_000
const SWEEP_EVERY_MS = 3_000

const environment = z.object({ AWS_ENDPOINT_URL_SQS: z.url(), RETRY_QUEUE_URL: z.url() }).parse(process.env)
const template = await readTemplate()
const shortened = Object.entries(template.functions).map(
  ([key, one]) => [key, { ...one, timeoutMs: Math.min(one.timeoutMs, TIMEOUT_MS) }] as const,
)
const functions = localFunctions({ ...template, functions: Object.fromEntries(shortened) })
const gateway = await startGateway({
  routes: shortened.flatMap(([key, { routes, timeoutMs, memoryMB }]) =>
    routes.map((route) => ({
      ...route,
      functionName: key,
      timeoutMs,
      memoryMB,
      handler: known(key).handler,
    })),
  ),
  port: 0,
  host: '127.0.0.1',
})
const poller = startPoller({
  endpoint: environment.AWS_ENDPOINT_URL_SQS,
  queueUrl: environment.RETRY_QUEUE_URL,
  batchSize: 10,
  maximumConcurrency: 2,
  reportBatchItemFailures: true,
  invoke: known('retry-delivery').invoke,
})
const sweep = {
  expression: 'rate(1 minute)',
  run: () => known('run-job').invoke({ job: 'sweep-unfinished' }),
}
const schedules = startSchedules([sweep], { maxIntervalMs: SWEEP_EVERY_MS, onFailure: () => undefined })
endWithParent(() => Promise.all([gateway.close(), poller.stop(), schedules.stop()]))
process.send?.({ type: 'ready', url: gateway.url })

function known(key: string) {
  const found = functions.get(key)
  if (found === undefined) throw new Error(`serverless.yml has no function "${key}"`)
  return found
}
