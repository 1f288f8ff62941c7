import type { IntegrationConfig } from '../config/config.ts'
import type { Plan } from '../crm/plan.ts'
import type { CanonicalEvent } from '../events/index.ts'
import { formToCase } from './form-to-case.ts'

/** What a planner may look at besides the event. */
export type PlanContext = {
  readonly config: IntegrationConfig
  /** Configured instance the event came through. */
  readonly instance: string
  /** When the delivery was recorded. */
  readonly receivedAt: Date
}

export type Planner<E extends CanonicalEvent> = (event: E, context: PlanContext) => Plan

const planners: { readonly [K in CanonicalEvent['kind']]: Planner<Extract<CanonicalEvent, { kind: K }>> } = {
  'form-submission': formToCase,
}

/** What the CRM should contain after this event. Pure. */
export function planFor(event: CanonicalEvent, context: PlanContext): Plan {
  return planners[event.kind](event, context)
}
