import type { IntegrationConfig } from '../lib/config/config.ts'
import { schedulesOf } from '../lib/config/schedules.ts'
import { type CloudFormation, functionArn, pascalCase } from './naming.ts'

/** An event EventBridge could not hand over for so long is not worth it: the next one comes. */
const OLDEST_EVENT_S = 3_600

/** EventBridge schedules for everything `integration.config.ts` and the system itself want done by the clock. */
export function scheduleResources(config: Pick<IntegrationConfig, 'automations'>): CloudFormation {
  const schedules = schedulesOf(config).map(({ name, functionName, input, expression, timeZone }) => {
    const Target = {
      Arn: functionArn(functionName),
      RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
      Input: JSON.stringify(input),
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: OLDEST_EVENT_S },
    }
    const Properties = {
      Description: name,
      GroupName: { Ref: 'ScheduleGroup' },
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: timeZone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target,
    }
    return [`${pascalCase(name)}Schedule`, { Type: 'AWS::Scheduler::Schedule', Properties }] as const
  })
  const group = { Type: 'AWS::Scheduler::ScheduleGroup', Properties: {} }
  return { ScheduleGroup: group, ...Object.fromEntries(schedules) }
}

/** The functions that are started by a clock. */
export function scheduledFunctions(config: Pick<IntegrationConfig, 'automations'>): readonly string[] {
  return [...new Set(schedulesOf(config).map(({ functionName }) => functionName))]
}
