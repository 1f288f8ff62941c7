import type { IntegrationConfig } from '../lib/config/config.ts'
import { schedulesOf } from '../lib/config/schedules.ts'
import type { LocalFunction } from './functions.ts'
import type { Schedule } from './schedule.ts'

const SWEEPER = 'sweep-unfinished'

/**
 * What EventBridge would start, as schedules of this machine. The sweeper apart: a minute is a long time at a desk.
 * @throws Error for a function serverless.yml does not have
 */
export function localSchedules(
  config: Pick<IntegrationConfig, 'automations'>,
  functions: ReadonlyMap<string, Pick<LocalFunction, 'invoke'>>,
): { readonly sweeps: readonly Schedule[]; readonly others: readonly Schedule[] } {
  const all = schedulesOf(config).map(({ name, functionName, input, expression, timeZone }) => {
    const runner = functions.get(functionName)
    if (runner === undefined)
      throw new Error(`serverless.yml has no function "${functionName}", which runs ${name}`)
    return { name, expression, timeZone, run: () => runner.invoke(input) }
  })
  return {
    sweeps: all.filter(({ name }) => name === SWEEPER),
    others: all.filter(({ name }) => name !== SWEEPER),
  }
}
