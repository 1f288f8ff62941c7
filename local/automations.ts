import * as z from 'zod'
import { isAutomationName } from '../lib/automations/index.ts'
import type { IntegrationConfig } from '../lib/config/config.ts'
import { nextWindow } from '../lib/delivery/automation/windows.ts'
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
  say: (line: string) => void = () => undefined,
): Schedule[] {
  return Object.entries(automations).flatMap(([name, scheduled]): Schedule[] => {
    if (scheduled === undefined) return []
    const { schedule: expression, timeZone } = scheduled
    if (!isAutomationName(name))
      return [{ expression, timeZone, run: invoking('run-job', { job: name }, functions) }]
    const ask = invoking('run-automation', { automation: name }, functions)
    return [{ expression: ALARM, run: async () => tell(name, await ask(), say) }]
  })
}

/** When each of them runs next, for people to see. */
export function clockOf(
  { automations }: Pick<IntegrationConfig, 'automations'>,
  nowMs: number,
): readonly string[] {
  return Object.entries(automations).flatMap(([name, scheduled]) => {
    if (scheduled === undefined) return []
    const next = nextWindow(scheduled, nowMs)
    const at = next === undefined ? 'never' : new Date(next).toISOString().slice(0, 16).replace('T', ' ')
    return [`${name} at ${at} UTC`]
  })
}

const Outcome = z.object({ state: z.string(), report: z.object({ changed: z.number() }).optional() })

/** A run that did something is news; a clock that has nothing to do is none. */
function tell(name: string, outcome: unknown, say: (line: string) => void): void {
  const { state, report } = Outcome.parse(outcome)
  if (state === 'not-due') return
  const changed = report === undefined ? '' : `, ${report.changed} changed`
  say(`${new Date().toISOString().slice(0, 19)}Z ${name}: ${state}${changed}`)
}

function invoking(key: string, event: unknown, functions: Functions): Schedule['run'] {
  const runner = functions.get(key)
  if (runner === undefined)
    throw new Error(`serverless.yml has no function "${key}", which an automation needs`)
  return () => runner.invoke(event)
}
