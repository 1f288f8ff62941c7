import type { IntegrationConfig } from '../../config/config.ts'
import type { OrderMapping } from '../../config/order-mapping.ts'

/** What an order becomes unless the configuration says otherwise. */
const UNLESS_TOLD = {
  privateBuyers: 'person',
  several: 'oldest',
  stages: {},
  statuses: {},
  inactive: ['refunded', 'cancelled', 'deleted'],
  prices: 'as-ordered',
  shipping: 'line',
  fees: 'line',
  tax: 'line',
  discounts: 'line',
  refunds: 'note',
  totals: 'crm',
  lineConcurrency: 1,
  removedLines: 'delete',
  editedQuotes: 'leave',
  currencies: {},
} as const satisfies OrderMapping

const QUOTE_STATUS = { active: 'Active', inactive: 'Inactive', converted: 'Converted' }

type Told = Omit<OrderMapping, keyof typeof UNLESS_TOLD> &
  Required<Pick<OrderMapping, keyof typeof UNLESS_TOLD>>

/** Everything a plan asks for, with nothing left open. */
export type FullMapping = Told & { readonly status: typeof QUOTE_STATUS }

/** The nearer to the source, the more it counts. */
export function orderMappingOf(config: IntegrationConfig, instance: string): FullMapping {
  const { assignedUserId, teamId, territoryId } = config.defaults
  const owner = {
    ...(assignedUserId !== undefined && { assignedUserId }),
    ...(teamId !== undefined && { teamId }),
    ...(territoryId !== undefined && { territoryId }),
  }
  const own = config.sources[instance]?.order ?? {}
  const all = config.order
  const told: Told = { ...UNLESS_TOLD, ...owner, ...all, ...own }
  return {
    ...told,
    stages: { ...all.stages, ...own.stages },
    statuses: { ...all.statuses, ...own.statuses },
    currencies: { ...all.currencies, ...own.currencies },
    opportunityFields: { ...all.opportunityFields, ...own.opportunityFields },
    quoteFields: { ...all.quoteFields, ...own.quoteFields },
    status: { ...QUOTE_STATUS, ...all.quoteStatus, ...own.quoteStatus },
  }
}
