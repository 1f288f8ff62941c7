import type { Plan, Step } from '../crm/plan.ts'
import type { Story } from '../events/index.ts'
import type { Order, OrderSnapshot } from '../events/order.ts'
import type { PlanContext } from './index.ts'

/** An order becomes an opportunity; one of which nothing but facts is known becomes nothing yet. */
export function orderToQuote({ snapshot }: Story<Order>, { config }: PlanContext): Plan {
  if (snapshot === undefined || !('lines' in snapshot)) return { steps: [] }
  return { steps: [opportunityStep(snapshot, config.crm.markerFields.Opportunity)] }
}

function opportunityStep({ shop, number }: OrderSnapshot, field: string): Step {
  return {
    as: 'opportunity',
    resource: 'Opportunity',
    needs: [],
    match: { by: 'marker', field },
    create: { oppo_description: { fit: `${shop} ${number}` } },
  }
}
