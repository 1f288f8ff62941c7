import path from 'node:path'
import * as z from 'zod'
import { startProcess } from './processes.ts'

const SQS = path.join(import.meta.dirname, '../../local/sqs-main.ts')
/** Shorter than six times the functions' timeout: a message comes again while its first reader may still be at work. */
const VISIBILITY_TIMEOUT_S = 10

const Ready = z.object({ endpoint: z.url(), queueUrls: z.object({ RetryQueue: z.url() }) })

export type QueueServer = {
  readonly env: Readonly<Record<string, string>>
  /** It is in memory: every message is lost. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** The SQS server as a process, on the same port after each restart. */
export async function startQueueServer(): Promise<QueueServer> {
  const queues = JSON.stringify({ RetryQueue: { visibilityTimeoutS: VISIBILITY_TIMEOUT_S } })
  const server = await startProcess({
    file: SQS,
    args: (earlier) => {
      const port = earlier === undefined ? '0' : new URL(earlier.endpoint).port
      return ['--port', port, '--queues', queues]
    },
    read: Ready.parse,
  })
  const ready = server.current()
  if (ready === undefined) throw new Error('the SQS server does not run')
  const { endpoint, queueUrls } = ready
  return {
    env: { AWS_ENDPOINT_URL_SQS: endpoint, RETRY_QUEUE_URL: queueUrls.RetryQueue },
    restart: server.replace,
    stop: server.stop,
  }
}
