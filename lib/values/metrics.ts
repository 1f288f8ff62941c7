/**
 * What is measured, with its unit in CloudWatch's words. `recorded` to `retried` count deliveries by what became of them;
 * `duplicates` are records in the CRM above one for each marker; `conservationImbalance` are deliveries nobody would come
 * back to; `refused` are deliveries that were not let in, `handshakes` pings and challenges that were answered; `stopped`
 * are runs of automations that cannot be done; `brokenMappings` what the CRM no longer accepts; `silent` are
 * sources that have been quiet for too long. `crmAway` and
 * `passwordRefused` are 1 while the breaker is open or the password is refused, 0 otherwise: the sweeper says so every
 * minute. What alarms watch is in deploy/alarms.ts.
 */
export const METRIC_UNITS = {
  handshakes: 'Count',
  refused: 'Count',
  recorded: 'Count',
  done: 'Count',
  stale: 'Count',
  ignored: 'Count',
  parked: 'Count',
  retried: 'Count',
  breakerOpened: 'Count',
  crmAway: 'Count',
  passwordRefused: 'Count',
  oldestUnfinishedMs: 'Milliseconds',
  conservationImbalance: 'Count',
  duplicates: 'Count',
  brokenMappings: 'Count',
  stopped: 'Count',
  silent: 'Count',
} as const

export type MetricName = keyof typeof METRIC_UNITS

/** Numbers for alarms and dashboards. An instance's name is the only thing that may be said besides: nothing personal. */
export type Metrics = {
  count(name: MetricName, value: number, instance?: string): void
}
