import * as z from 'zod'
import { isTimeZone } from '../crm/zone.ts'
import { scheduleProblem } from './schedule.ts'

/** What a schedule may start: the names of the table in lib/jobs; a test holds the two together. */
export const JOB_NAMES = [
  'audit-ledger',
  'check-prototypes',
  'reconcile-markers',
  'sweep-unfinished',
] as const

const Schedule = z.string().superRefine((expression, context) => {
  const problem = scheduleProblem(expression)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const Automation = z.strictObject({
  /** `rate(1 day)` or `cron(0 2 * * ? *)`, in the words of EventBridge. */
  schedule: Schedule,
  /** The IANA name of the zone a cron is meant in. */
  timeZone: z.string().refine(isTimeZone, 'a time zone like Europe/Dublin').default('UTC'),
})

/** Other times for jobs than those of schedules.ts. */
export const Automations = z.partialRecord(z.enum(JOB_NAMES), Automation)
