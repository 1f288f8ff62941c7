import type { Order, OrderSnapshot } from '../lib/events/order.ts'
import { isLineOfProduct, PRODUCTS } from './catalogue.ts'
import { unitsOf } from './crm-documents.ts'

/** A line as it must be in the quote, amounts in millionths. */
export type ExpectedLine = { readonly text: string; readonly quantity: number; readonly price: number }

export type ExpectedOrder = {
  readonly newest: OrderSnapshot
  readonly stage: string
  readonly status: 'Active' | 'Inactive'
  readonly lines: readonly ExpectedLine[]
  /** In millionths. */
  readonly gross: number
}

/** What must come of an order, from all that was told of it; undefined while it was never told in full. */
export function expectedOrder(events: readonly Order[]): ExpectedOrder | undefined {
  const newest = events
    .filter(isSnapshot)
    .toSorted((one, other) => versionOf(one) - versionOf(other))
    .at(-1)
  if (newest === undefined) return undefined
  const state = stateOf(newest, events)
  const lines = linesOf(newest)
  return {
    newest,
    stage: STAGES[state] ?? 'Lead',
    status: CLOSED.has(state) ? 'Inactive' : 'Active',
    lines,
    gross: unitsOf(newest.total),
  }
}

const STAGES: Readonly<Record<string, string>> = { paid: 'SaleAgreed', cancelled: 'DealLost' }
const CLOSED = new Set(['deleted', 'cancelled', 'refunded'])

function isSnapshot(event: Order): event is OrderSnapshot {
  return 'lines' in event
}

function versionOf({ standing }: OrderSnapshot): number {
  return Number(standing.version)
}

function stateOf(newest: OrderSnapshot, events: readonly Order[]): string {
  const happened = events.flatMap((event) => factOf(event) ?? [])
  const names = new Set(happened.map(({ name }) => name))
  const turns = happened.filter(({ name }) => name === 'deleted' || name === 'restored')
  const last = turns.toSorted((one, other) => (one.at < other.at ? -1 : 1)).at(-1)
  if (last?.name === 'deleted') return 'deleted'
  if (newest.state === 'cancelled' || names.has('cancelled')) return 'cancelled'
  const refunded = events.reduce(
    (sum, event) => sum + ('refund' in event ? unitsOf(event.refund?.amount) : 0),
    0,
  )
  if (refunded > 0) return refunded >= unitsOf(newest.total) ? 'refunded' : 'partly-refunded'
  if (names.has('fulfilled')) return 'completed'
  return newest.payment === 'paid' || names.has('paid') ? 'paid' : 'open'
}

function factOf(event: Order) {
  if (!isSnapshot(event)) return { name: event.standing.name as string, at: event.at ?? '' }
  const { fact } = event.standing
  return fact === undefined ? undefined : { name: fact, at: event.updatedAt ?? '' }
}

function linesOf({ lines, shipping, discounts, taxes }: OrderSnapshot): ExpectedLine[] {
  const one = (text: string, amount: string, sign = 1) => ({
    text,
    quantity: unitsOf(1),
    price: sign * unitsOf(amount),
  })
  return [
    ...lines.map(({ sku, name, quantity, unitPrice }) => {
      const isProduct = PRODUCTS.some((product) => product.sku === sku && isLineOfProduct(product))
      return {
        text: isProduct ? name : `${name} (${sku})`,
        quantity: unitsOf(quantity),
        price: unitsOf(unitPrice),
      }
    }),
    ...shipping.map(({ title, amount }) => one(title, amount)),
    ...discounts.map(({ title, amount }) => one(title, amount, -1)),
    ...taxes.map(({ title, rate, amount }) => one(`${title} ${rate}%`, amount)),
  ]
}
