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
  totals: 'detected',
  lineConcurrency: 1,
  removedLines: 'delete',
  editedQuotes: 'leave',
  currencies: {},
} as const satisfies OrderMapping

const QUOTE_STATUS = { active: 'Active', inactive: 'Inactive', converted: 'Converted' }

type Named = keyof typeof UNLESS_TOLD
type Told = Omit<OrderMapping, Named> & { readonly [K in Named]: NonNullable<OrderMapping[K]> }

/** Everything a plan asks for, with nothing left open. */
export type FullMapping = Told & { readonly status: typeof QUOTE_STATUS }

/** The nearer to the source, the more it counts. */
export function orderMappingOf(config: IntegrationConfig, instance: string): FullMapping {
  const { slaId: _, ...owner } = config.defaults
  const own = config.sources[instance]?.order ?? {}
  const all = config.order
  const both = <K extends 'stages' | 'statuses' | 'currencies' | 'opportunityFields' | 'quoteFields'>(
    key: K,
  ) => ({ ...all[key], ...own[key] }) as NonNullable<OrderMapping[K]>
  return {
    ...merged(UNLESS_TOLD, owner, all, own),
    stages: both('stages'),
    statuses: both('statuses'),
    currencies: both('currencies'),
    opportunityFields: both('opportunityFields'),
    quoteFields: both('quoteFields'),
    status: { ...QUOTE_STATUS, ...definite({ ...all.quoteStatus, ...own.quoteStatus }) },
  }
}

function merged(base: typeof UNLESS_TOLD, ...told: readonly OrderMapping[]): Told {
  return Object.assign({}, base, ...told.map(definite))
}

/** Without what is named and not said. */
function definite<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const said = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(said) as { [K in keyof T]?: NonNullable<T[K]> }
}
