import { AutomationRun } from '../../events/automation-run.ts'
import type { Verified } from '../../sources/source.ts'

/** No source can have such a name, which has a dot. */
const PREFIX = 'automation.'

/** The instance under which an automation's events are recorded, counted and paused. */
export function instanceOf(automation: string): string {
  return `${PREFIX}${automation}`
}

export function isAutomation(instance: string): boolean {
  return instance.startsWith(PREFIX)
}

/** What an automation has recorded. */
export function automationEvent({ payload }: Verified): AutomationRun {
  return AutomationRun.parse(payload)
}
