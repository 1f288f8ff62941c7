import type { SettingsOf } from '../config/automations.ts'
import type { Plan } from '../crm/plan.ts'
import type { Observed } from '../events/automation-run.ts'
import { dayIn } from '../values/day.ts'
import { type Automation, type Decision, idOf, textOf, timeOf } from './automation.ts'
import { noteStep, recordStep, secondOf, taskSteps } from './steps.ts'

const NAME = 'follow-up-quotes'
const DAY_MS = 86_400_000
const ACTIVE = 'Active'
const OPEN = 'In Progress'

type Settings = SettingsOf<typeof NAME>

/** Before a quote expires its owner gets a task; afterwards the quote becomes Inactive. */
export const followUpQuotes: Automation<typeof NAME> = {
  name: NAME,
  resource: 'Quotes',
  fields: ['quot_status', 'quot_expirationdate', 'quot_opportunityid', 'quot_reference', 'quot_description'],
  related: {
    resource: 'Opportunity',
    field: 'oppo_opportunityid',
    of: 'quot_opportunityid',
    fields: [
      'oppo_status',
      'oppo_stage',
      'oppo_assigneduserid',
      'oppo_primarycompanyid',
      'oppo_primarypersonid',
    ],
  },
  query: () => ({ op: 'eq', field: 'quot_status', value: ACTIVE }),
  decide,
}

function decide(quote: Observed, related: readonly Observed[], nowMs: number, settings: Settings): Decision {
  const expiresMs = timeOf(quote, 'quot_expirationdate')
  if (textOf(quote, 'quot_status') !== ACTIVE) return { skip: 'not active' }
  if (expiresMs === undefined) return { skip: 'never expires' }
  const [opportunity] = related
  if (opportunity !== undefined && textOf(opportunity, 'oppo_status') !== OPEN)
    return { skip: 'its opportunity is closed' }
  const [today, day] = [dayIn(settings.timeZone, nowMs), dayIn(settings.timeZone, expiresMs)]
  if (today > day) {
    if (!settings.deactivate) return { skip: 'expired' }
    return { level: `expired-${day}`, plan: expired(quote, opportunity, day, settings) }
  }
  const isNear = dayIn(settings.timeZone, nowMs + settings.daysBefore * DAY_MS) >= day
  if (settings.daysBefore === 0 || !isNear) return { skip: 'does not expire yet' }
  return { level: `expires-${day}`, plan: soonExpired(quote, opportunity, day, nowMs, settings) }
}

function nameOf(quote: Observed): string {
  return textOf(quote, 'quot_description') ?? textOf(quote, 'quot_reference') ?? quote.id
}

function soonExpired(
  quote: Observed,
  opportunity: Observed | undefined,
  day: string,
  nowMs: number,
  settings: Settings,
): Plan {
  const of = (field: string) => (opportunity === undefined ? undefined : idOf(opportunity, field))
  const opportunityId = idOf(quote, 'quot_opportunityid')
  const task = {
    of: 'quote',
    field: 'comm_quoteid',
    subject: `Quote expires on ${day}: ${nameOf(quote)}`,
    text: `The quote is open and expires on ${day}.`,
    at: secondOf(nowMs),
    ...(opportunityId !== undefined && { more: { comm_opportunityid: opportunityId } }),
    userId: of('oppo_assigneduserid'),
    companyId: of('oppo_primarycompanyid'),
    personId: of('oppo_primarypersonid'),
    key: `${NAME}:${quote.id}:${day}`,
  } as const
  return { steps: [recordStep('quote', 'Quotes', quote, {}), ...taskSteps(task, settings.task)] }
}

function expired(
  quote: Observed,
  opportunity: Observed | undefined,
  day: string,
  { opportunityStage }: Settings,
): Plan {
  const steps = [
    recordStep('quote', 'Quotes', quote, { quot_status: 'Inactive' }),
    noteStep('quote', 'Quotes', `Expired on ${day}; the quote is no longer active.`),
  ]
  if (opportunity === undefined || opportunityStage === undefined) return { steps }
  const stage = recordStep('opportunity', 'Opportunity', opportunity, { oppo_stage: opportunityStage })
  return { steps: [...steps, { ...stage, needs: ['quote'] }] }
}
