import { planAutomation } from '../automations/index.ts'
import type { IntegrationConfig } from '../config/config.ts'
import type { Plan } from '../crm/plan.ts'
import type { CanonicalEvent, Story } from '../events/index.ts'
import { formToCase } from './form-to-case.ts'
import { orderToQuote } from './order-to-quote.ts'

/** What a planner may look at besides the event. */
export type PlanContext = {
  readonly config: IntegrationConfig
  /** Configured instance the event came through. */
  readonly instance: string
  /** When the delivery that carries the snapshot was recorded. */
  readonly receivedAt: Date
  /** Where a file of that delivery can be downloaded for a while, by its place among the files. */
  readonly fileUrl: (index: number) => string
}

/** Pure: the same story is always the same plan, in whatever order it came about. */
export type Planner<E extends CanonicalEvent> = (story: Story<E>, context: PlanContext) => Plan

const planners: { readonly [K in CanonicalEvent['kind']]: Planner<Extract<CanonicalEvent, { kind: K }>> } = {
  'automation-run': planAutomation,
  'form-submission': formToCase,
  order: orderToQuote,
}

/** What the CRM should contain after a story, all of whose events are of this kind. */
export function planFor(kind: CanonicalEvent['kind'], story: Story, context: PlanContext): Plan {
  const planner: Planner<never> = planners[kind]
  return planner(story as Story<never>, context)
}
