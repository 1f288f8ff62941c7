import type { OrderState } from '../../config/order-mapping.ts'
import type { Story } from '../../events/index.ts'
import type { Order, OrderFact, OrderSnapshot, Refund } from '../../events/order.ts'
import { withAdjustment } from '../../events/order-sum.ts'
import { Big, sumOf } from '../../values/money.ts'

/** All that is known of an order, whatever order it became known in. */
export type OrderLife = {
  /** The latest full state, its parts and its total in agreement. */
  readonly order: OrderSnapshot
  readonly state: OrderState
  readonly payment: OrderSnapshot['payment']
  readonly fulfilment: OrderSnapshot['fulfilment']
  /** Each once, by its id. */
  readonly refunds: readonly Refund[]
  /** What happened, by its name, each with what was said of it; in a fixed order. */
  readonly happened: readonly { readonly name: string; readonly fact?: OrderFact }[]
}

type Fact = { readonly name: string; readonly event?: Order }

/** undefined while nothing but facts is known. */
export function lifeOf({ snapshot, facts }: Story<Order>): OrderLife | undefined {
  if (snapshot === undefined || !isSnapshot(snapshot)) return undefined
  const refunds = refundsOf(snapshot, facts)
  const known = new Set(facts.map(({ name }) => name))
  return {
    order: inAgreement(snapshot),
    state: stateOf(snapshot, facts, refunds),
    payment: paymentOf(snapshot, known),
    fulfilment: known.has('fulfilled') ? 'fulfilled' : snapshot.fulfilment,
    refunds,
    happened: facts.map(told).toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1)),
  }
}

/** What no part of the order explains is an adjustment, so that the quote has the total the buyer saw. */
function inAgreement({ adjustment, ...order }: OrderSnapshot): OrderSnapshot {
  return withAdjustment(order, adjustment?.reason ?? 'not explained by the parts of the order')
}

function isSnapshot(order: Order): order is OrderSnapshot {
  return 'lines' in order
}

function told({ name, event }: Fact): OrderLife['happened'][number] {
  return event === undefined || isSnapshot(event) ? { name } : { name, fact: event }
}

function sortKey({ name, fact }: OrderLife['happened'][number]): string {
  return `${fact?.at ?? ''} ${name} ${JSON.stringify(fact ?? null)}`
}

function refundsOf({ refunds }: OrderSnapshot, facts: readonly Fact[]): Refund[] {
  const told = facts.flatMap(({ event }) => {
    if (event === undefined) return []
    if (isSnapshot(event)) return [...event.refunds]
    return event.refund === undefined ? [] : [event.refund]
  })
  const byId = new Map([...told, ...refunds].map((refund) => [refund.id, refund]))
  return [...byId.values()].toSorted((one, other) => (refundKey(one) < refundKey(other) ? -1 : 1))
}

function refundKey({ at = '', id }: Refund): string {
  return `${at} ${id}`
}

function stateOf(snapshot: OrderSnapshot, facts: readonly Fact[], refunds: readonly Refund[]): OrderState {
  const known = new Set(facts.map(({ name }) => name))
  if (isDeleted(snapshot, facts)) return 'deleted'
  if (snapshot.state === 'cancelled' || known.has('cancelled') || known.has('expired')) return 'cancelled'
  const refunded = sumOf(refunds.map(({ amount }) => new Big(amount)))
  const isWhole = refunded.gt(0) && refunded.gte(snapshot.total)
  if (snapshot.payment === 'refunded' || isWhole) return 'refunded'
  if (snapshot.payment === 'partly-refunded' || refunded.gt(0) || known.has('refunded'))
    return 'partly-refunded'
  if (snapshot.state === 'completed' || known.has('fulfilled')) return 'completed'
  if (snapshot.payment === 'paid' || known.has('paid')) return 'paid'
  return snapshot.state === 'draft' ? 'draft' : 'open'
}

/** The last of deleted and restored counts; where nobody says when, whether it was restored as often as deleted. */
function isDeleted({ state }: OrderSnapshot, facts: readonly Fact[]): boolean {
  if (state === 'deleted') return true
  const turns = facts.filter(({ name }) => name === 'deleted' || name === 'restored')
  const last = turns.map((turn) => ({ name: turn.name, at: timeOf(turn) }))
  if (last.every(({ at }) => at !== undefined))
    return last.toSorted((one, other) => compare(one, other)).at(-1)?.name === 'deleted'
  const count = (wanted: string) => turns.filter(({ name }) => name === wanted).length
  return count('deleted') > count('restored')
}

type Turn = { readonly name: string; readonly at: string | undefined }

function compare(one: Turn, other: Turn): number {
  return `${one.at} ${one.name}` < `${other.at} ${other.name}` ? -1 : 1
}

function timeOf({ event }: Fact): string | undefined {
  if (event === undefined) return undefined
  return isSnapshot(event) ? event.updatedAt : event.at
}

function paymentOf({ payment }: OrderSnapshot, known: ReadonlySet<string>): OrderSnapshot['payment'] {
  const isOpen = payment === undefined || ['unpaid', 'authorized', 'failed'].includes(payment)
  if (isOpen && known.has('paid')) return 'paid'
  return payment === undefined && known.has('payment-failed') ? 'failed' : payment
}
