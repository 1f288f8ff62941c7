import { parseArgs } from 'node:util'
import { endWithParent } from './child-lifetime.ts'
import { startSqsServer } from './sqs-server.ts'
import type { QueueTemplate } from './template.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    queues: { type: 'string', default: '{}' },
  },
})
const queues = JSON.parse(values.queues) as Record<string, QueueTemplate>
const server = await startSqsServer({ port: Number(values.port), host: values.host, queues })
endWithParent(server.close)
process.send?.({ type: 'ready', endpoint: server.endpoint, queueUrls: server.queueUrls })
