import {
  isDeleted,
  lastState,
  type OrderState,
  SHIPPING,
  type ShopOrder,
  sumsOf,
  TAX,
  UNKNOWN_TO_THE_CRM,
} from './orders.ts'

/** A line of a quote; `i` is one of a product that the CRM knows. Amounts in units of the currency. */
export type ExpectedLine = {
  readonly type: 'i' | 'f'
  readonly text: string
  readonly quantity: number
  readonly price: number
}

export type ExpectedQuote = {
  readonly stage: string
  readonly status: 'Active' | 'Inactive'
  readonly lines: readonly ExpectedLine[]
  readonly total: number
}

/** What must come of an order: its last state decides, whenever the CRM hears of it. */
export function expectedQuote(order: ShopOrder): ExpectedQuote {
  const last = lastState(order)
  const state = isDeleted(order) ? 'deleted' : stateOf(last)
  return {
    stage: STAGES[state] ?? 'Lead',
    status: state === 'deleted' || state === 'cancelled' ? 'Inactive' : 'Active',
    lines: linesOf(last),
    total: sumsOf(last).total / 100,
  }
}

/** Those of the soak's integration.config.ts. */
const STAGES: Readonly<Record<string, string>> = { paid: 'SaleAgreed', cancelled: 'DealLost' }

function stateOf({ status, isPaid, refundedCents }: OrderState): string {
  if (status === 'cancelled') return 'cancelled'
  if (refundedCents > 0) return 'partly-refunded'
  if (status === 'completed') return 'completed'
  return isPaid ? 'paid' : 'open'
}

function linesOf(state: OrderState): ExpectedLine[] {
  const free = (text: string, cents: number): ExpectedLine[] =>
    cents === 0 ? [] : [{ type: 'f', text, quantity: 1, price: cents / 100 }]
  return [
    ...state.lines.map(({ product: { sku, name }, quantity, cents }): ExpectedLine => {
      const known = !UNKNOWN_TO_THE_CRM.has(sku)
      return {
        type: known ? 'i' : 'f',
        text: known ? name : `${name} (${sku})`,
        quantity,
        price: cents / 100,
      }
    }),
    ...free(SHIPPING, state.shippingCents),
    ...free(`${TAX.label} ${TAX.percent}%`, sumsOf(state).tax),
  ]
}
