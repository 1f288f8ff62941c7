import * as z from 'zod'
import { endWithParent } from '../../local/child-lifetime.ts'
import { localFunctions } from '../../local/functions.ts'
import { startGateway } from '../../local/gateway.ts'
import { startPoller } from '../../local/poller.ts'
import { readTemplate } from '../../local/template.ts'
import { beginGrownLedger } from './grown-ledger.ts'

/** The functions behind a gateway on a free port, and what polls the queue for them, in the environment the bench gives. */
await beginGrownLedger()
const template = await readTemplate()
const functions = localFunctions(template)
const gateway = await startGateway({
  routes: Object.entries(template.functions).flatMap(([name, { routes, timeoutMs, memoryMB }]) =>
    routes.map((route) => {
      const handler = () => functions.get(name)?.handler() ?? Promise.reject(new Error(`no function ${name}`))
      return { ...route, functionName: name, timeoutMs, memoryMB, handler }
    }),
  ),
  port: 0,
  host: '127.0.0.1',
})
const { AWS_ENDPOINT_URL_SQS, RETRY_QUEUE_URL } = z
  .object({ AWS_ENDPOINT_URL_SQS: z.url(), RETRY_QUEUE_URL: z.url() })
  .parse(process.env)
const poller = startPoller({
  endpoint: AWS_ENDPOINT_URL_SQS,
  queueUrl: RETRY_QUEUE_URL,
  batchSize: 10,
  maximumConcurrency: 4,
  reportBatchItemFailures: true,
  invoke: (event) =>
    functions.get('retry-delivery')?.invoke(event) ?? Promise.reject(new Error('no function')),
})
endWithParent(() => Promise.all([gateway.close(), poller.stop()]))
process.send?.({ url: gateway.url, pid: process.pid })
