import { JOB_NAMES } from './automations.ts'
import type { IntegrationConfig } from './config.ts'

type JobName = (typeof JOB_NAMES)[number]
type When = { readonly schedule: string; readonly timeZone: string }

/** One thing that is done at its times, by which function, and what that function is told. */
export type Scheduled = {
  readonly name: string
  readonly functionName: string
  readonly input: Readonly<Record<string, string>>
  /** `rate(1 minute)` or `cron(10 2 * * ? *)`, in the words of EventBridge. */
  readonly expression: string
  /** The IANA name of the zone a cron is meant in. */
  readonly timeZone: string
}

const utc = (schedule: string): When => ({ schedule, timeZone: 'UTC' })

/** What every installation does; `automations` may give these other times, not take them away. */
const ALWAYS: Readonly<Partial<Record<JobName, When>>> = {
  'sweep-unfinished': utc('rate(1 minute)'),
  'audit-ledger': utc('cron(10 2 * * ? *)'),
  'reconcile-markers': utc('cron(40 2 * * ? *)'),
  'check-prototypes': utc('cron(20 3 * * ? *)'),
}

type Configured = Pick<IntegrationConfig, 'automations'>

/** Everything that is started by a clock. */
export function schedulesOf({ automations }: Configured): readonly Scheduled[] {
  const configured: Readonly<Record<string, When | undefined>> = automations
  return Object.entries({ ...ALWAYS, ...configured }).flatMap(([name, when]) =>
    when === undefined ? [] : [scheduled(name, when)],
  )
}

/** What is done without being configured. */
export function standingSchedules({ automations }: Configured): readonly Scheduled[] {
  return schedulesOf({ automations: {} }).filter(({ name }) => !Object.hasOwn(automations, name))
}

/**
 * An automation is asked every few minutes whether a window of its own is due: EventBridge would leave one out that lies in
 * an hour the clocks skip, and would not come back for a run that was cut short.
 */
const ALARM_CLOCK = utc('rate(5 minutes)')

function scheduled(name: string, own: When): Scheduled {
  const runner = runnerOf(name)
  const { schedule: expression, timeZone } = runner.functionName === 'run-job' ? own : ALARM_CLOCK
  return { name, ...runner, expression, timeZone }
}

/** Jobs watch the system itself; everything else is an automation. */
function runnerOf(name: string): Pick<Scheduled, 'functionName' | 'input'> {
  const isJob = JOB_NAMES.some((job) => job === name)
  return isJob
    ? { functionName: 'run-job', input: { job: name } }
    : { functionName: 'run-automation', input: { automation: name } }
}
