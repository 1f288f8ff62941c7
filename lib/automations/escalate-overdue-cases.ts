import type { SettingsOf } from '../config/automations.ts'
import type { Fields, Plan } from '../crm/plan.ts'
import type { Observed } from '../events/automation-run.ts'
import { WorkingHours } from '../values/working-hours.ts'
import { type Automation, type Decision, idOf, latest, textOf, timeOf } from './automation.ts'
import { minuteOf, noteStep, recordStep, secondOf, taskSteps } from './steps.ts'

const NAME = 'escalate-overdue-cases'
const HOUR_MS = 3_600_000

type Settings = SettingsOf<typeof NAME>
type Level = Settings['levels'][number]

/** Cases past their target close or SLA, or untouched for too long, get a higher priority, a task and a note. */
export const escalateOverdueCases: Automation<typeof NAME> = {
  name: NAME,
  resource: 'Cases',
  fields: [
    'case_status',
    'case_stage',
    'case_priority',
    'case_assigneduserid',
    'case_targetclose',
    'case_slacloseby',
    'case_updateddate',
    'case_primarycompanyid',
    'case_primarypersonid',
    'case_description',
  ],
  related: {
    resource: 'Communication',
    field: 'comm_caseid',
    fields: ['comm_createddate', 'comm_updateddate'],
  },
  query: ({ status }) => ({ op: 'eq', field: 'case_status', value: status }),
  decide,
}

function decide(record: Observed, related: readonly Observed[], nowMs: number, settings: Settings): Decision {
  if (settings.exceptStages.some((stage) => stage === textOf(record, 'case_stage')))
    return { skip: 'nobody can do anything' }
  const touchedMs = lastTouch(record, related)
  const hours = hoursOf(settings)
  const reasons = settings.levels.map((level) => reasonFor(level, record, touchedMs, nowMs, hours))
  const index = reasons.findLastIndex((reason) => reason !== undefined)
  const [level, reason] = [settings.levels[index], reasons[index]]
  if (level === undefined || reason === undefined) return { skip: 'in time' }
  const above = settings.levels.slice(index + 1).map((_, step) => nameOf(index + 1 + step))
  return { level: nameOf(index), above, plan: planOf(level, index, reason, record, nowMs, settings) }
}

function nameOf(index: number): string {
  return `level-${index + 1}`
}

/** The calendar of a run is the same for all its records. */
const calendars = new WeakMap<Settings['office'], WorkingHours>()

function hoursOf({ office }: Settings): WorkingHours {
  const known = calendars.get(office) ?? new WorkingHours(office)
  calendars.set(office, known)
  return known
}

function lastTouch(record: Observed, related: readonly Observed[]): number | undefined {
  const communications = related.flatMap((one) => [
    timeOf(one, 'comm_createddate'),
    timeOf(one, 'comm_updateddate'),
  ])
  return latest(timeOf(record, 'case_updateddate'), ...communications)
}

/** Why a case has reached a level, for people to read; undefined when it has not. */
function reasonFor(
  { overdueHours, untouchedHours }: Level,
  record: Observed,
  touchedMs: number | undefined,
  nowMs: number,
  hours: WorkingHours,
): string | undefined {
  const dueMs = earliest(timeOf(record, 'case_targetclose'), timeOf(record, 'case_slacloseby'))
  const hasWorked = (since: number | undefined, least: number | undefined) =>
    since !== undefined && least !== undefined && hours.hasWorked(least * HOUR_MS, since, nowMs)
  if (dueMs !== undefined && dueMs < nowMs && hasWorked(dueMs, overdueHours))
    return `it should have been closed by ${minuteOf(dueMs)}`
  if (touchedMs !== undefined && hasWorked(touchedMs, untouchedHours))
    return `nothing has happened since ${minuteOf(touchedMs)}`
  return undefined
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function planOf(
  level: Level,
  index: number,
  reason: string,
  record: Observed,
  nowMs: number,
  settings: Settings,
): Plan {
  const title = `Escalated to level ${index + 1}`
  const text = `${title}: ${reason}.`
  const task = {
    of: 'case',
    field: 'comm_caseid',
    subject: `${title}: ${textOf(record, 'case_description') ?? `case ${record.id}`}`,
    text,
    at: secondOf(nowMs),
    userId: level.assignedUserId ?? idOf(record, 'case_assigneduserid'),
    companyId: idOf(record, 'case_primarycompanyid'),
    personId: idOf(record, 'case_primarypersonid'),
    key: `${NAME}:${record.id}:${nameOf(index)}`,
  } as const
  return {
    steps: [
      recordStep('case', 'Cases', record, changesOf(level)),
      noteStep('case', 'Cases', text),
      ...(level.task ? taskSteps(task, settings.task) : []),
    ],
  }
}

function changesOf({ priority, assignedUserId, teamId }: Level): Fields {
  return {
    ...(priority !== undefined && { case_priority: priority }),
    ...(assignedUserId !== undefined && { case_assigneduserid: assignedUserId }),
    ...(teamId !== undefined && { case_channelid: teamId }),
  }
}
