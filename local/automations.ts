import type { IntegrationConfig } from '../lib/config/config.ts'
import type { LocalFunction } from './functions.ts'
import type { Schedule } from './schedule.ts'

const RUNS_JOBS = 'run-job'

/** The automations of integration.config.ts as schedules of this machine; each starts functions/run-job. */
export function automationsOf(
  { automations }: Pick<IntegrationConfig, 'automations'>,
  functions: ReadonlyMap<string, Pick<LocalFunction, 'invoke'>>,
): Schedule[] {
  const runner = functions.get(RUNS_JOBS)
  return Object.entries(automations).map(([job, { schedule, timeZone }]) => {
    if (runner === undefined)
      throw new Error(`serverless.yml has no function "${RUNS_JOBS}", which runs ${job}`)
    return { expression: schedule, timeZone, run: () => runner.invoke({ job }) }
  })
}
