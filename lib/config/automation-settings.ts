import * as z from 'zod'
import type { CasesFields, CommunicationFields, OpportunityFields } from '../crm/prototypes/generated.ts'
import { isTimeZone } from '../crm/zone.ts'
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

const Id = z.number('the id of a record: a number').int().positive()
const Hours = z.number('a number of working hours').positive().max(10_000)
const Days = z.number('a number of days').int().min(1).max(3_650)
const Text = z.string().min(1).max(2_000)

const Opening = z.string().superRefine((text, context) => {
  const problem = openingProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const WEEK = { mon: ['09:00-17:00'], tue: ['09:00-17:00'], wed: ['09:00-17:00'], thu: ['09:00-17:00'] }

/** When the office works. Without it: Monday to Friday, nine to five, UTC. */
const Office = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'a time zone like Europe/Dublin').default('UTC'),
  days: z
    .partialRecord(z.enum(WEEKDAYS), z.array(Opening).max(8))
    .refine((days) => Object.values(days).some((open) => open.length > 0), 'at least one day with hours')
    .default({ ...WEEK, fri: ['09:00-17:00'] }),
  holidays: z.array(z.iso.date('a day like 2026-12-25')).default([]),
})

/** How this CRM calls a task that is to be done. */
const Task = z.strictObject({
  type: code<TaskCode<'Comm_Type'>>().default('Task'),
  action: code<TaskCode<'Comm_Action'>>().default('ToDo'),
  status: code<TaskCode<'Comm_Status'>>().default('Pending'),
  priority: code<TaskCode<'Comm_Priority'>>().default('Normal'),
  /** `user_userid` of who gets it where the record has no owner. */
  userId: Id.optional(),
})
export type TaskSettings = z.infer<typeof Task>

const OpenCase = code<CaseCode<'Case_Status'>>().default('In Progress')

const Level = z
  .strictObject({
    /** So many working hours after the target close, or after the SLA's time if that is earlier. */
    overdueHours: z.number('a number of working hours').min(0).max(10_000).optional(),
    /** Nothing has happened for so many working hours. */
    untouchedHours: Hours.optional(),
    priority: code<CaseCode<'Case_Priority'>>().optional(),
    assignedUserId: Id.optional(),
    teamId: Id.optional(),
    task: z.boolean().default(true),
  })
  .refine(
    ({ overdueHours, untouchedHours }) => overdueHours !== undefined || untouchedHours !== undefined,
    'overdueHours or untouchedHours',
  )

export const Escalation = z.strictObject({
  /** The lowest first. */
  levels: z.array(Level).min(1, 'at least one level').max(9),
  office: Office.prefault({}),
  status: OpenCase,
  /** Stages in which a case is left alone: nobody can do anything. */
  exceptStages: z.array(code<CaseCode<'Case_Stage'>>()).default(['Waiting', 'Solved']),
  task: Task.prefault({}),
})

export const FollowUp = z.strictObject({
  /** Days before the quote expires when its owner gets a task. 0: none. */
  daysBefore: z.number('a number of days').int().min(0).max(365).default(3),
  /** Whether a quote that has expired becomes Inactive. */
  deactivate: z.boolean().default(true),
  /** The stage its opportunity gets then, if it is in progress. */
  opportunityStage: code<OpportunityCode<'Oppo_Stage'>>().optional(),
  task: Task.prefault({}),
})

export const Nudge = z.strictObject({
  /** Days without a communication. */
  days: Days.default(14),
  status: code<OpportunityCode<'Oppo_Status'>>().default('In Progress'),
  /** Stages in which an opportunity is left alone. */
  exceptStages: z.array(code<OpportunityCode<'Oppo_Stage'>>()).default([]),
  task: Task.prefault({}),
})

export const CloseAnswered = z.strictObject({
  /** Days without a word from the customer. */
  days: Days.default(14),
  /** The stage of a case that waits for its customer. */
  waitingStage: code<CaseCode<'Case_Stage'>>().default('Waiting'),
  status: OpenCase,
  /** What the case becomes. */
  closedStatus: code<CaseCode<'Case_Status'>>().default('Closed'),
  closedStage: code<CaseCode<'Case_Stage'>>().default('Solved'),
  /** The closing note. */
  note: Text.default('Closed because the customer has not answered.'),
})
