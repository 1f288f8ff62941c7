import type { Plan } from '../crm/plan.ts'
import type { CanonicalEvent, Story } from '../events/index.ts'
import type { PlanContext, Planner } from './index.ts'

type Loaders = {
  readonly [K in CanonicalEvent['kind']]: () => Promise<Planner<Extract<CanonicalEvent, { kind: K }>>>
}

const loaders: Loaders = {
  'automation-run': async () => (await import('../automations/index.ts')).planAutomation,
  'form-submission': async () => (await import('./form-to-case.ts')).formToCase,
  order: async () => (await import('./order-to-quote.ts')).orderToQuote,
}

/** As `planFor` of index.ts; a function reads the planners of what it delivers alone, and when it first does. */
export async function planWhenNeeded(
  kind: CanonicalEvent['kind'],
  story: Story,
  context: PlanContext,
): Promise<Plan> {
  const planner: Planner<never> = await loaders[kind]()
  return planner(story as Story<never>, context)
}
