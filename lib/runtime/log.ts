import { AsyncLocalStorage } from 'node:async_hooks'
import { Logger } from '@aws-lambda-powertools/logger'
import type { Log, LogFields } from '../values/log.ts'

const correlation = new AsyncLocalStorage<string>()

/** Runs `work` so that every log line it leads to carries this correlation id, also beside others in one process. */
export function correlated<T>(correlationId: string, work: () => T): T {
  return correlation.run(correlationId, work)
}

/** Structured log lines through Powertools; only the fields of LogFields get in, by type. */
export function createLog(serviceName = 'sage-crm-functions'): Log {
  const logger = new Logger({ serviceName })
  return {
    info: (message, fields) => logger.info(message, complete(fields)),
    warn: (message, fields) => logger.warn(message, complete(fields)),
    error: (message, fields) => logger.error(message, complete(fields)),
  }
}

function complete(fields: LogFields = {}): LogFields {
  const correlationId = correlation.getStore()
  return correlationId === undefined ? fields : { ...fields, correlationId }
}
