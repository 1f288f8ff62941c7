import { Logger } from '@aws-lambda-powertools/logger'
import type { Log } from '../values/log.ts'

/** Structured log lines through Powertools; only the fields of LogFields get in, by type. */
export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName })
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  }
}
