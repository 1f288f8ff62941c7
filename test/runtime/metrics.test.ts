import { expect, it } from 'vitest'
import { emfMetrics } from '../../lib/runtime/metrics.ts'

const AT = Date.UTC(2026, 10, 24, 2, 30)

it('writes a metric as CloudWatch reads it from the log, in all and for its instance', () => {
  const lines: string[] = []
  const metrics = emfMetrics(
    (line) => lines.push(line),
    () => AT,
  )
  metrics.count('parked', 1, 'contact')
  metrics.count('oldestUnfinishedMs', 1500)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      _aws: {
        Timestamp: AT,
        CloudWatchMetrics: [
          {
            Namespace: 'SageCrmFunctions',
            Dimensions: [[], ['instance']],
            Metrics: [{ Name: 'parked', Unit: 'Count' }],
          },
        ],
      },
      instance: 'contact',
      parked: 1,
    },
    {
      _aws: {
        Timestamp: AT,
        CloudWatchMetrics: [
          {
            Namespace: 'SageCrmFunctions',
            Dimensions: [[]],
            Metrics: [{ Name: 'oldestUnfinishedMs', Unit: 'Milliseconds' }],
          },
        ],
      },
      oldestUnfinishedMs: 1500,
    },
  ])
})
