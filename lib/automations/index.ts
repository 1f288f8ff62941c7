import { AUTOMATIONS, type AutomationName, type SettingsOf } from '../config/automations.ts'
import type { IntegrationConfig } from '../config/config.ts'
import type { Plan } from '../crm/plan.ts'
import type { Expression } from '../crm/where.ts'
import type { AutomationRun, Observed } from '../events/automation-run.ts'
import type { Story } from '../events/index.ts'
import type { Automation, Decision, Related } from './automation.ts'
import { closeAnsweredCases } from './close-answered-cases.ts'
import { escalateOverdueCases } from './escalate-overdue-cases.ts'
import { followUpQuotes } from './follow-up-quotes.ts'
import { nudgeStaleOpportunities } from './nudge-stale-opportunities.ts'

const automations: { readonly [Name in AutomationName]: Automation<Name> } = {
  'close-answered-cases': closeAnsweredCases,
  'escalate-overdue-cases': escalateOverdueCases,
  'follow-up-quotes': followUpQuotes,
  'nudge-stale-opportunities': nudgeStaleOpportunities,
}

/** An automation with what integration.config.ts says about it. */
export type ConfiguredAutomation = {
  readonly name: AutomationName
  readonly resource: string
  readonly fields: readonly string[]
  readonly related: Related | undefined
  readonly query: Expression | undefined
  readonly schedule: string
  readonly timeZone: string
  decide(record: Observed, related: readonly Observed[], nowMs: number): Decision
}

/** undefined when there is no such automation, or integration.config.ts does not have it. */
export function automationOf(
  name: string,
  { automations: configured }: Pick<IntegrationConfig, 'automations'>,
): ConfiguredAutomation | undefined {
  return isAutomationName(name) ? withSettings(name, configured[name]) : undefined
}

export function isAutomationName(name: string): name is AutomationName {
  return Object.hasOwn(AUTOMATIONS, name)
}

function withSettings<Name extends AutomationName>(
  name: Name,
  settings: SettingsOf<Name> | undefined,
): ConfiguredAutomation | undefined {
  if (settings === undefined) return undefined
  const { resource, fields, related, query, decide }: Automation<Name> = automations[name]
  const scheduled: { schedule: string; timeZone: string } = settings
  return {
    name,
    resource,
    fields,
    related,
    query: query(settings),
    schedule: scheduled.schedule,
    timeZone: scheduled.timeZone,
    decide: (record, others, nowMs) => decide(record, others, nowMs, settings),
  }
}

/**
 * What the CRM should contain after an automation has found a record: decided again as of then, with today's settings. What
 * is not due under them, or no longer at that level, needs nothing.
 */
export function planAutomation(
  { snapshot }: Story<AutomationRun>,
  { config }: { readonly config: Pick<IntegrationConfig, 'automations'> },
): Plan {
  const found = snapshot && automationOf(snapshot.automation, config)
  if (snapshot === undefined || found === undefined) return { steps: [] }
  const decision = found.decide(snapshot.record, snapshot.related, Date.parse(snapshot.at))
  return 'plan' in decision && decision.level === snapshot.level ? decision.plan : { steps: [] }
}
