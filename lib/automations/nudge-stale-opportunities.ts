import type { SettingsOf } from '../config/automations.ts'
import type { Observed } from '../events/automation-run.ts'
import { type Automation, type Decision, idOf, textOf, timeOf } from './automation.ts'
import { minuteOf, recordStep, secondOf, taskSteps } from './steps.ts'

const NAME = 'nudge-stale-opportunities'
const DAY_MS = 86_400_000
/** The last line of what this installation, or another one, has written. */
const MARKER = /(?:^|\n)sf[a-z2-7]{26}\s*$/

type Settings = SettingsOf<typeof NAME>

/** Opportunities nobody has been in touch about for too long get a task, once for each silence. */
export const nudgeStaleOpportunities: Automation<typeof NAME> = {
  name: NAME,
  resource: 'Opportunity',
  fields: [
    'oppo_status',
    'oppo_stage',
    'oppo_opened',
    'oppo_assigneduserid',
    'oppo_primarycompanyid',
    'oppo_primarypersonid',
    'oppo_description',
  ],
  related: {
    resource: 'Communication',
    field: 'comm_opportunityid',
    fields: ['comm_status', 'comm_createddate', 'comm_updateddate', 'comm_datetime', 'comm_note'],
  },
  query: ({ status }) => ({ op: 'eq', field: 'oppo_status', value: status }),
  decide,
}

type Contact = { readonly ms: number; readonly id: string }

function decide(record: Observed, related: readonly Observed[], nowMs: number, settings: Settings): Decision {
  if (settings.exceptStages.some((stage) => stage === textOf(record, 'oppo_stage')))
    return { skip: 'left alone in this stage' }
  const opened = { ms: timeOf(record, 'oppo_opened') ?? 0, id: 'opened' }
  const contacts = related.filter((one) => !isOpenNudge(one, settings)).map(contactOf)
  const { ms, id } = contacts.reduce((last, one) => (one.ms > last.ms ? one : last), opened)
  if (nowMs - ms < settings.days * DAY_MS) return { skip: 'in touch' }
  const since = id === 'opened' ? 'it was opened' : 'the last communication'
  const task = {
    of: 'opportunity',
    field: 'comm_opportunityid',
    subject: `No contact for ${settings.days} days: ${textOf(record, 'oppo_description') ?? record.id}`,
    text: `Nobody has been in touch since ${since} (${minuteOf(ms)}).`,
    at: secondOf(nowMs),
    userId: idOf(record, 'oppo_assigneduserid'),
    companyId: idOf(record, 'oppo_primarycompanyid'),
    personId: idOf(record, 'oppo_primarypersonid'),
    key: `${NAME}:${record.id}:${id}`,
  } as const
  const steps = [recordStep('opportunity', 'Opportunity', record, {}), ...taskSteps(task, settings.task)]
  return { level: `silent-after-${id}`, plan: { steps } }
}

/** A task of ours that nobody has done is no contact, or nobody would be nudged about what is nudged about. */
function isOpenNudge(one: Observed, { task }: Settings): boolean {
  return textOf(one, 'comm_status') === task.status && MARKER.test(textOf(one, 'comm_note') ?? '')
}

/** What is planned counts as contact on its day; what is done, when it was last written to. */
function contactOf(one: Observed): Contact {
  const times = ['comm_createddate', 'comm_updateddate', 'comm_datetime'].map(
    (name) => timeOf(one, name) ?? 0,
  )
  return { ms: Math.max(...times), id: one.id }
}
