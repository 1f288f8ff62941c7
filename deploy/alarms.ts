import type { IntegrationConfig } from '../lib/config/config.ts'
import type { MetricName } from '../lib/values/metrics.ts'
import { type CloudFormation, functionRef, pascalCase, sub } from './naming.ts'
import { FUNCTION_NAMES } from './roles.ts'

type Metric = {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[]
}

type Alarm = {
  readonly name: string
  /** What has happened. */
  readonly says: string
  /** The command to run first; its stage is added. */
  readonly first: string
  /** One metric, or several that are added up. */
  readonly of: Metric | readonly Metric[]
  readonly statistic: 'Sum' | 'Maximum'
  /** It goes off at this value, or below 1 when `below` is set. */
  readonly at?: number
  readonly below?: true
  readonly periodS: number
  readonly periods?: number
  /** What no value means; an alarm about silence takes it for the worst. */
  readonly missing?: 'breaching'
}

const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S
const HOUR_MS = 60 * 60_000

const own = (MetricName: MetricName): Metric => ({ Namespace: 'SageCrmFunctions', MetricName })
const ofFunction = (MetricName: string, name: string): Metric => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: [{ Name: 'FunctionName', Value: functionRef(name) }],
})
const ofTable = (MetricName: string): Metric => ({
  Namespace: 'AWS/DynamoDB',
  MetricName,
  Dimensions: [{ Name: 'TableName', Value: { Ref: 'LedgerTable' } }],
})
const ofApi = (MetricName: string): Metric => ({
  Namespace: 'AWS/ApiGateway',
  MetricName,
  Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
})
const DEAD_LETTERS: Metric = {
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['RetryDeadLetterQueue', 'QueueName'] } }],
}

const STATUS = 'npm run -s events -- status'
const fiveMinutes = { statistic: 'Sum', at: 1, periodS: 5 * MINUTE_S } as const

/** What somebody must be told of. docs/operations.md has a row for each; a test holds the two together. */
export const ALARMS: readonly Alarm[] = [
  {
    name: 'Parked',
    says: 'A delivery cannot be done without a person.',
    first: 'npm run -s events -- list --state parked',
    of: own('parked'),
    ...fiveMinutes,
  },
  {
    name: 'ConservationImbalance',
    says: 'The nightly audit has found deliveries nobody would have come back to.',
    first: STATUS,
    of: own('conservationImbalance'),
    ...fiveMinutes,
  },
  {
    name: 'Duplicates',
    says: 'Several records in the CRM carry one marker.',
    first: 'npm run -s events -- writes --since 2d',
    of: own('duplicates'),
    ...fiveMinutes,
  },
  {
    name: 'BrokenMappings',
    says: 'The CRM was changed, and a mapping of integration.config.ts no longer fits.',
    first: 'npm run prototypes -- check',
    of: own('brokenMappings'),
    ...fiveMinutes,
  },
  {
    name: 'AutomationStopped',
    says: 'A run of an automation cannot be done: a field or view it needs is not there.',
    first: 'npm run doctor --',
    of: own('stopped'),
    ...fiveMinutes,
  },
  {
    name: 'SourceSilent',
    says: 'Nothing has come from a source for an unusually long time.',
    first: 'npm run -s events -- list',
    of: own('silent'),
    ...fiveMinutes,
  },
  {
    name: 'OldestUnfinished',
    says: 'A delivery has waited for more than an hour.',
    first: STATUS,
    of: own('oldestUnfinishedMs'),
    statistic: 'Maximum',
    at: HOUR_MS,
    periodS: 5 * MINUTE_S,
    periods: 2,
  },
  {
    name: 'DeadLetters',
    says: 'The ledger could not be read or written five times for a message, or the code fails.',
    first: STATUS,
    of: DEAD_LETTERS,
    statistic: 'Maximum',
    at: 1,
    periodS: MINUTE_S,
  },
  {
    name: 'CrmAway',
    says: 'The CRM has not answered for five minutes: the gate is shut, deliveries are stored.',
    first: 'npm run doctor --',
    of: own('crmAway'),
    statistic: 'Maximum',
    at: 1,
    periodS: MINUTE_S,
    periods: 5,
  },
  {
    name: 'CrmRefusesPassword',
    says: 'The CRM refused user and password, or its certificate is not trusted: nothing is sent.',
    first: 'npm run doctor --',
    of: own('passwordRefused'),
    statistic: 'Maximum',
    at: 1,
    periodS: MINUTE_S,
  },
  {
    name: 'ServerErrors',
    says: 'Senders were answered 5xx: nothing was stored, they have to send again.',
    first: 'npm run doctor --',
    of: ofApi('5xx'),
    ...fiveMinutes,
  },
  {
    name: 'FunctionErrors',
    says: 'A function failed, ran out of time or of memory.',
    first: STATUS,
    of: FUNCTION_NAMES.map((name) => ofFunction('Errors', name)),
    ...fiveMinutes,
  },
  {
    name: 'Throttles',
    says: 'Lambda or DynamoDB turned calls away: more comes in than is allowed.',
    first: STATUS,
    of: [
      ...FUNCTION_NAMES.map((name) => ofFunction('Throttles', name)),
      ofTable('ReadThrottleEvents'),
      ofTable('WriteThrottleEvents'),
    ],
    ...fiveMinutes,
  },
  {
    name: 'SweeperSilent',
    says: 'The sweeper has not run for ten minutes: what waits is not delivered.',
    first: STATUS,
    of: ofFunction('Invocations', 'run-job'),
    statistic: 'Sum',
    below: true,
    periodS: 5 * MINUTE_S,
    periods: 2,
    missing: 'breaching',
  },
]

/** A source that is usually heard of at least every so many hours. */
function silenceOf(instance: string, hours: number): Alarm {
  return {
    name: `${pascalCase(instance)}Silent`,
    says: `Nothing new has come from ${instance} for ${hours} h.`,
    first: `npm run -s events -- list --source ${instance} --limit 5`,
    of: { ...own('recorded'), Dimensions: [{ Name: 'instance', Value: instance }] },
    statistic: 'Sum',
    below: true,
    periodS: HOUR_S,
    periods: hours,
    missing: 'breaching',
  }
}

/** Every alarm, and the topic they go to. */
export function alarmResources({ sources }: Pick<IntegrationConfig, 'sources'>): CloudFormation {
  const silences = Object.entries(sources).flatMap(([name, { silentAfterHours: hours }]) =>
    hours === undefined ? [] : [silenceOf(name, hours)],
  )
  const alarms = [...ALARMS, ...silences].map((alarm) => [`${alarm.name}Alarm`, resourceOf(alarm)])
  return Object.fromEntries(alarms)
}

function resourceOf(alarm: Alarm): CloudFormation {
  const { name, says, first, below, at = 1, periods = 1, missing = 'notBreaching' } = alarm
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: sub(`\${AWS::StackName}-${name}`),
      AlarmDescription: `${says} First: ${first} --stage \${sls:stage}`,
      ComparisonOperator: below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      Threshold: at,
      EvaluationPeriods: periods,
      TreatMissingData: missing,
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
      ...measured(alarm),
    },
  }
}

function measured({ of, statistic, periodS }: Alarm): CloudFormation {
  if (!Array.isArray(of)) return { ...of, Statistic: statistic, Period: periodS }
  const each = of.map((Metric: Metric, index) => ({
    Id: `m${index}`,
    MetricStat: { Metric, Stat: statistic, Period: periodS },
    ReturnData: false,
  }))
  return { Metrics: [...each, { Id: 'all', Expression: 'SUM(METRICS())', ReturnData: true }] }
}
