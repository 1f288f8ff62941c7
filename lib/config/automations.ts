import { isTimeZone } from '../crm/zone.ts'
import * as z from '../values/schema.ts'
import { CloseAnswered, Escalation, FollowUp, Nudge } from './automation-settings.ts'
import { scheduleProblem } from './schedule.ts'

/** What a schedule may start: the names of the table in lib/jobs; a test holds the two together. */
export const JOB_NAMES = [
  'audit-ledger',
  'check-prototypes',
  'digest',
  'reconcile-markers',
  'reconcile-orders',
  'sweep-unfinished',
  'watch-silence',
] as const

const Schedule = z.string().check(
  z.superRefine((expression, context) => {
    const problem = scheduleProblem(expression)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  }),
)

const Scheduled = z.strictObject({
  /** `rate(1 day)` or `cron(0 2 * * ? *)`, in the words of EventBridge. */
  schedule: Schedule,
  /** The IANA name of the zone a cron is meant in. */
  timeZone: z._default(z.string().check(z.refine(isTimeZone, 'a time zone like Europe/Dublin')), 'UTC'),
})

/** The automations over records of the CRM: each is a file of lib/automations and a page in docs/automations. */
export const AUTOMATIONS = {
  'close-answered-cases': z.extend(Scheduled, CloseAnswered.shape),
  'escalate-overdue-cases': z.extend(Scheduled, Escalation.shape),
  'follow-up-quotes': z.extend(Scheduled, FollowUp.shape),
  'nudge-stale-opportunities': z.extend(Scheduled, Nudge.shape),
} as const

export type AutomationName = keyof typeof AUTOMATIONS
/** What integration.config.ts says about one automation. */
export type SettingsOf<Name extends AutomationName> = z.infer<(typeof AUTOMATIONS)[Name]>

type Jobs = { readonly [Name in (typeof JOB_NAMES)[number]]: typeof Scheduled }
const JOBS = Object.fromEntries(JOB_NAMES.map((name) => [name, Scheduled])) as Jobs

/** Automations, of which none runs unless it is here, and other times for jobs than those of schedules.ts. */
export const Automations = z.partial(z.strictObject({ ...JOBS, ...AUTOMATIONS }))
