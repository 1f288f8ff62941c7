import type { OrderState } from '../../config/order-mapping.ts'
import type { Step } from '../../crm/plan.ts'
import { Big, decimalText } from '../../values/money.ts'
import { ruledFields } from '../field-rules.ts'
import { partyFields } from '../party-steps.ts'
import { definite } from './definite.ts'
import type { OrderLife } from './life.ts'
import { currencyId, currencyOf } from './lines.ts'
import type { FullMapping } from './mapping.ts'

/** The opportunity of an order, known by our marker. Stage, status, forecast and whose it is follow the order. */
export function opportunityStep(
  { order, state }: OrderLife,
  mapping: FullMapping,
  parties: readonly Step[],
  markerField: string,
): Step {
  const currency = currencyId(order.currency, mapping)
  const converging = {
    ...definite({
      oppo_stage: byState(mapping.stages, state),
      oppo_status: byState(mapping.statuses, state),
      oppo_currency: currency,
      oppo_forecast: currency === undefined ? undefined : decimalText(new Big(order.total)),
      oppo_forecast_cid: currency,
    }),
    ...partyFields(parties, 'oppo_primarycompanyid', 'oppo_primarypersonid'),
  }
  return {
    as: 'opportunity',
    resource: 'Opportunity',
    needs: [...parties.map(({ as }) => as), ...currencyOf(order.currency, mapping).map(({ as }) => as)],
    match: { by: 'marker', field: markerField },
    create: {
      ...ruledFields(mapping.opportunityFields ?? {}, order),
      ...definite({
        oppo_description: { fit: `Order ${order.number} (${order.shop})` },
        oppo_source: mapping.source,
        oppo_type: mapping.type,
        oppo_assigneduserid: mapping.assignedUserId,
        oppo_channelid: mapping.teamId,
        oppo_secterr: mapping.territoryId,
        oppo_opened: order.placedAt === undefined ? undefined : inSeconds(order.placedAt),
      }),
      ...converging,
    },
    update: converging,
  }
}

function byState(table: Readonly<Partial<Record<OrderState, string>>>, state: OrderState) {
  return table[state] ?? table.open
}

/** Sage CRM's times have whole seconds. */
export function inSeconds(instant: string): string {
  return instant.replace(/\.\d+/, '')
}
