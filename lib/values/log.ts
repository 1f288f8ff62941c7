/** The only things a log line may say besides its message: ids, kinds, counts. Nothing a person typed. */
export type LogFields = {
  readonly eventId?: string
  readonly correlationId?: string
  readonly instance?: string
  readonly subject?: string
  readonly outcome?: string
  readonly reason?: string
  readonly step?: string
  readonly resource?: string
  readonly field?: string
  /** A path in integration.config.ts. */
  readonly mapping?: string
  readonly recordId?: string
  readonly job?: string
  readonly status?: number
  readonly count?: number
  readonly attempts?: number
  readonly durationMs?: number
  readonly errorName?: string
}

export type Log = {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
