import { METRIC_UNITS, type Metrics } from '../values/metrics.ts'

const NAMESPACE = 'SageCrmFunctions'

/** Nobody collects metrics: on one machine, `npm run events -- status` counts. */
export const NO_METRICS: Metrics = { count: () => undefined }

/**
 * Metrics as log lines in CloudWatch's embedded metric format, which Lambda's log group turns into metrics without a call:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * Each is counted in all (the empty dimension set) and, where it has one, for its instance. `now`: milliseconds of the
 * wall clock.
 */
export function emfMetrics(write: (line: string) => void, now: () => number): Metrics {
  return {
    count(name, value, instance) {
      const Metrics = [{ Name: name, Unit: METRIC_UNITS[name] }]
      const Dimensions = instance === undefined ? [[]] : [[], ['instance']]
      const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions, Metrics }]
      const members = { ...(instance !== undefined && { instance }), [name]: value }
      write(JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics }, ...members }))
    },
  }
}
