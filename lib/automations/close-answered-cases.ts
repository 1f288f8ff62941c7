import type { SettingsOf } from '../config/automations.ts'
import type { Observed } from '../events/automation-run.ts'
import { type Automation, type Decision, latest, textOf, timeOf } from './automation.ts'
import { minuteOf, noteStep, recordStep, secondOf } from './steps.ts'

const NAME = 'close-answered-cases'
const DAY_MS = 86_400_000

type Settings = SettingsOf<typeof NAME>

/** Cases that have waited for their customer for too long are closed, with a note. */
export const closeAnsweredCases: Automation<typeof NAME> = {
  name: NAME,
  resource: 'Cases',
  fields: ['case_status', 'case_stage', 'case_updateddate'],
  related: {
    resource: 'Communication',
    field: 'comm_caseid',
    fields: ['comm_createddate', 'comm_updateddate'],
  },
  query: ({ status, waitingStage }) => ({
    op: 'and',
    of: [
      { op: 'eq', field: 'case_status', value: status },
      { op: 'eq', field: 'case_stage', value: waitingStage },
    ],
  }),
  decide,
}

function decide(record: Observed, related: readonly Observed[], nowMs: number, settings: Settings): Decision {
  if (textOf(record, 'case_stage') !== settings.waitingStage) return { skip: 'not waiting' }
  const since = latest(
    timeOf(record, 'case_updateddate'),
    ...related.flatMap((one) => [timeOf(one, 'comm_createddate'), timeOf(one, 'comm_updateddate')]),
  )
  if (since === undefined) return { skip: 'nobody knows since when it waits' }
  if (nowMs - since < settings.days * DAY_MS) return { skip: 'not waiting long enough' }
  const { closedStage, closedStatus, note } = settings
  const update = { case_stage: closedStage, case_status: closedStatus, case_closed: secondOf(nowMs) }
  const text = `${note}\nIt had waited since ${minuteOf(since)}.`
  const steps = [recordStep('case', 'Cases', record, update), noteStep('case', 'Cases', text)]
  return { level: `waiting-since-${secondOf(since)}`, plan: { steps } }
}
