import { type CloudFormation, logicalName, sub } from './naming.ts'
import { FUNCTION_NAMES } from './roles.ts'

type Series = readonly (string | Readonly<Record<string, string>>)[]
type Chart = {
  readonly title: string
  readonly stat: 'Sum' | 'Maximum' | 'Average' | 'p50' | 'p99'
  readonly series: readonly Series[]
}

const OURS = 'SageCrmFunctions'
const ours = (name: string): Series => [OURS, name]
const ofFunctions = (metric: string): Series[] =>
  FUNCTION_NAMES.map((name) => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    `\${${logicalName(name)}LambdaFunction}`,
  ])
const queued = (queue: string, metric: string): Series => [
  'AWS/SQS',
  metric,
  'QueueName',
  `\${${queue}.QueueName}`,
]
const ofApi = (metric: string): Series => ['AWS/ApiGateway', metric, 'ApiId', '${HttpApi}']
const ofTable = (metric: string): Series => ['AWS/DynamoDB', metric, 'TableName', '${LedgerTable}']

const CHARTS: readonly Chart[] = [
  {
    title: 'What became of deliveries',
    stat: 'Sum',
    series: ['recorded', 'done', 'stale', 'ignored', 'parked', 'retried'].map(ours),
  },
  {
    title: 'Recorded by source',
    stat: 'Sum',
    series: [
      [{ expression: `SEARCH('{${OURS},instance} MetricName="recorded"', 'Sum', 300)`, id: 'sources' }],
    ],
  },
  { title: 'Oldest unfinished (ms)', stat: 'Maximum', series: [ours('oldestUnfinishedMs')] },
  { title: 'The gate before the CRM', stat: 'Maximum', series: [ours('crmAway'), ours('passwordRefused')] },
  { title: 'Requests', stat: 'Sum', series: [ofApi('Count'), ofApi('4xx'), ofApi('5xx')] },
  { title: 'Answers, p99 (ms)', stat: 'p99', series: [ofApi('Latency'), ofApi('IntegrationLatency')] },
  { title: 'Duration of functions, p99 (ms)', stat: 'p99', series: ofFunctions('Duration') },
  { title: 'Errors of functions', stat: 'Sum', series: ofFunctions('Errors') },
  { title: 'Functions at the same time', stat: 'Maximum', series: ofFunctions('ConcurrentExecutions') },
  {
    title: 'Queues',
    stat: 'Maximum',
    series: [
      queued('RetryQueue', 'ApproximateNumberOfMessagesVisible'),
      queued('RetryQueue', 'ApproximateAgeOfOldestMessage'),
      queued('RetryDeadLetterQueue', 'ApproximateNumberOfMessagesVisible'),
    ],
  },
  {
    title: 'The ledger',
    stat: 'Sum',
    series: ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'WriteThrottleEvents'].map(ofTable),
  },
  {
    title: 'Every night',
    stat: 'Maximum',
    series: ['conservationImbalance', 'duplicates', 'brokenMappings'].map(ours),
  },
]

const COLUMNS = 2
const [WIDTH, HEIGHT] = [12, 6]

/** One page of CloudWatch with everything the alarms watch, and what is needed to see why. */
export function dashboardResources(): CloudFormation {
  const widgets = CHARTS.map(({ title, stat, series }, index) => ({
    type: 'metric',
    x: (index % COLUMNS) * WIDTH,
    y: Math.floor(index / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, stat, metrics: series, period: 300, region: '${AWS::Region}', view: 'timeSeries' },
  }))
  const Properties = {
    DashboardName: sub('${AWS::StackName}'),
    DashboardBody: sub(JSON.stringify({ widgets })),
  }
  return { Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties } }
}
