import { isAutomationName } from '../lib/automations/index.ts'
import type { IntegrationConfig } from '../lib/config/config.ts'
import type { LocalFunction } from './functions.ts'
import type { Schedule } from './schedule.ts'

type Functions = ReadonlyMap<string, Pick<LocalFunction, 'invoke'>>

/** Which window of an automation is due, its function knows; the clock only asks. */
const ALARM = 'rate(1 minute)'

/**
 * What integration.config.ts wants to be run, as schedules of this machine: jobs by functions/run-job at their times,
 * automations over records by functions/run-automation.
 */
export function automationsOf(
  { automations }: Pick<IntegrationConfig, 'automations'>,
  functions: Functions,
): Schedule[] {
  return Object.entries(automations).flatMap(([name, scheduled]): Schedule[] => {
    if (scheduled === undefined) return []
    const { schedule: expression, timeZone } = scheduled
    if (isAutomationName(name))
      return [{ expression: ALARM, run: invoking('run-automation', { automation: name }, functions) }]
    return [{ expression, timeZone, run: invoking('run-job', { job: name }, functions) }]
  })
}

function invoking(key: string, event: unknown, functions: Functions): Schedule['run'] {
  const runner = functions.get(key)
  if (runner === undefined)
    throw new Error(`serverless.yml has no function "${key}", which an automation needs`)
  return () => runner.invoke(event)
}
