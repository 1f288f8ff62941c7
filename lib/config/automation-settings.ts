import type { CasesFields, CommunicationFields, OpportunityFields } from '../crm/prototypes/generated.ts'
import { isTimeZone } from '../crm/zone.ts'
import * as z from '../values/schema.ts'
import { openingProblem, WEEKDAYS } from '../values/working-hours.ts'

function code<T extends string>() {
  return z.custom<T>((value) => typeof value === 'string' && value !== '' && value.length <= 80, {
    error: 'a selection code',
  })
}

type Code<F> = Extract<NonNullable<F>, string>
type CaseCode<F extends keyof CasesFields> = Code<CasesFields[F]>
type OpportunityCode<F extends keyof OpportunityFields> = Code<OpportunityFields[F]>
type TaskCode<F extends keyof CommunicationFields> = Code<CommunicationFields[F]>

const Id = z.number('the id of a record: a number').check(z.int(), z.positive())
const Hours = z.number('a number of working hours').check(z.positive(), z.maximum(10_000))
const Days = z.number('a number of days').check(z.int(), z.minimum(1), z.maximum(3_650))
const Text = z.string().check(z.minLength(1), z.maxLength(2_000))

const Opening = z.string().check(
  z.superRefine((text, context) => {
    const problem = openingProblem(text)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  }),
)

const WEEK = { mon: ['09:00-17:00'], tue: ['09:00-17:00'], wed: ['09:00-17:00'], thu: ['09:00-17:00'] }

/** When the office works. Without it: Monday to Friday, nine to five, UTC. */
const Office = z.strictObject({
  timeZone: z._default(z.string().check(z.refine(isTimeZone, 'a time zone like Europe/Dublin')), 'UTC'),
  days: z._default(
    z
      .partialRecord(z.enum(WEEKDAYS), z.array(Opening).check(z.maxLength(8)))
      .check(
        z.refine(
          (days) => Object.values(days).some((open) => open.length > 0),
          'at least one day with hours',
        ),
      ),
    { ...WEEK, fri: ['09:00-17:00'] },
  ),
  holidays: z._default(z.array(z.iso.date('a day like 2026-12-25')), []),
})

/** How this CRM calls a task that is to be done. */
const Task = z.strictObject({
  type: z._default(code<TaskCode<'Comm_Type'>>(), 'Task'),
  action: z._default(code<TaskCode<'Comm_Action'>>(), 'ToDo'),
  status: z._default(code<TaskCode<'Comm_Status'>>(), 'Pending'),
  priority: z._default(code<TaskCode<'Comm_Priority'>>(), 'Normal'),
  /** `user_userid` of who gets it where the record has no owner. */
  userId: z.optional(Id),
})
export type TaskSettings = z.infer<typeof Task>

const OpenCase = z._default(code<CaseCode<'Case_Status'>>(), 'In Progress')

const Level = z
  .strictObject({
    /** So many working hours after the target close, or after the SLA's time if that is earlier. */
    overdueHours: z.optional(z.number('a number of working hours').check(z.minimum(0), z.maximum(10_000))),
    /** Nothing has happened for so many working hours. */
    untouchedHours: z.optional(Hours),
    priority: z.optional(code<CaseCode<'Case_Priority'>>()),
    assignedUserId: z.optional(Id),
    teamId: z.optional(Id),
    task: z._default(z.boolean(), true),
  })
  .check(
    z.refine(
      ({ overdueHours, untouchedHours }) => overdueHours !== undefined || untouchedHours !== undefined,
      'overdueHours or untouchedHours',
    ),
  )

export const Escalation = z.strictObject({
  /** The lowest first. */
  levels: z.array(Level).check(z.minLength(1, 'at least one level'), z.maxLength(9)),
  office: z.prefault(Office, {}),
  status: OpenCase,
  /** Stages in which a case is left alone: nobody can do anything. */
  exceptStages: z._default(z.array(code<CaseCode<'Case_Stage'>>()), ['Waiting', 'Solved']),
  task: z.prefault(Task, {}),
})

export const FollowUp = z.strictObject({
  /** Days before the quote expires when its owner gets a task. 0: none. */
  daysBefore: z._default(z.number('a number of days').check(z.int(), z.minimum(0), z.maximum(365)), 3),
  /** Whether a quote that has expired becomes Inactive. */
  deactivate: z._default(z.boolean(), true),
  /** The stage its opportunity gets then, if it is in progress. */
  opportunityStage: z.optional(code<OpportunityCode<'Oppo_Stage'>>()),
  task: z.prefault(Task, {}),
})

export const Nudge = z.strictObject({
  /** Days without a communication. */
  days: z._default(Days, 14),
  status: z._default(code<OpportunityCode<'Oppo_Status'>>(), 'In Progress'),
  /** Stages in which an opportunity is left alone. */
  exceptStages: z._default(z.array(code<OpportunityCode<'Oppo_Stage'>>()), []),
  task: z.prefault(Task, {}),
})

export const CloseAnswered = z.strictObject({
  /** Days without a word from the customer. */
  days: z._default(Days, 14),
  /** The stage of a case that waits for its customer. */
  waitingStage: z._default(code<CaseCode<'Case_Stage'>>(), 'Waiting'),
  status: OpenCase,
  /** What the case becomes. */
  closedStatus: z._default(code<CaseCode<'Case_Status'>>(), 'Closed'),
  closedStage: z._default(code<CaseCode<'Case_Stage'>>(), 'Solved'),
  /** The closing note. */
  note: z._default(Text, 'Closed because the customer has not answered.'),
})
