import type { Order, OrderFact, OrderSnapshot } from '../lib/events/order.ts'
import { CURRENCIES, PRODUCTS } from './catalogue.ts'
import { EPOCH_MS } from './clock.ts'
import { type Random, randomOf } from './random.ts'

/** Who orders, and in which currency: the same in all that is told of an order. */
export type Buyer = {
  readonly order: string
  readonly email: string
  readonly company: string | undefined
  readonly street: string | undefined
  readonly currency: string
  readonly amountsIncludeTax: boolean
}

const SHIPPING_CENTS = 490
const DISCOUNT_CENTS = 100
const TAX_PERCENT = 10
const MOST_PIECES = 5

/** The buyer of an order in a block of neighbours, who share companies and persons with it. */
export function buyerOf(seed: string, order: string, block: number): Buyer {
  const own = randomOf(seed, order)
  return {
    order,
    email: `p${block}-${own.between(0, 5)}@example.com`,
    company: own.chance(0.7) ? `Company ${block}-${own.between(0, 3)}` : undefined,
    street: own.chance(0.9) ? `${own.between(1, 9)} Street of ${order}` : undefined,
    currency: own.pick(CURRENCIES),
    amountsIncludeTax: own.chance(0.5),
  }
}

/**
 * What a shop tells of an order: mostly all of it, as it is then, with lines changed, added and removed; else that something
 * has happened to it. The later the event, the newer: its version is its number.
 */
export function orderEvent(buyer: Buyer, index: number, random: Random): Order {
  return random.chance(0.2) ? factOf(buyer, index, random) : snapshotOf(buyer, index, random)
}

const FACTS = ['edited', 'paid', 'fulfilled', 'refunded', 'cancelled', 'deleted', 'restored'] as const

function factOf({ order }: Buyer, index: number, random: Random): OrderFact {
  const name = random.pick(FACTS)
  const amount = String(random.between(1, 3))
  return {
    kind: 'order',
    shop: 'shop',
    orderId: order,
    standing: { is: 'fact', name },
    at: instantOf(index),
    attributes: [],
    ...(name === 'refunded' && { refund: { id: `r${index}`, at: instantOf(index), amount, lines: [] } }),
  }
}

function snapshotOf(buyer: Buyer, index: number, random: Random): OrderSnapshot {
  const { order, currency, amountsIncludeTax, email, company, street } = buyer
  const lines = linesOf(random)
  const shipping = random.chance(0.5) ? SHIPPING_CENTS : 0
  const discount = random.chance(0.3) ? DISCOUNT_CENTS : 0
  const net = lines.reduce((sum, { cents }) => sum + cents, 0) + shipping - discount
  const tax = amountsIncludeTax ? 0 : Math.round((net * TAX_PERCENT) / 100)
  const name = email.slice(0, email.indexOf('@'))
  const isBack = random.chance(0.05)
  return {
    kind: 'order',
    shop: 'shop',
    orderId: order,
    standing: { is: 'snapshot', version: index, ...(isBack && { fact: 'restored' }) },
    number: order,
    state: random.chance(0.05) ? 'cancelled' : 'open',
    payment: random.pick(['unpaid', 'paid'] as const),
    placedAt: instantOf(0),
    updatedAt: instantOf(index),
    currency,
    amountsIncludeTax,
    buyer: {
      email,
      lastName: random.chance(0.9) ? name : `${name} and sons`,
      ...(company !== undefined && { company }),
    },
    ...(street !== undefined && { billingAddress: { street1: street, city: 'Dublin', country: 'IE' } }),
    lines: lines.map(({ line }) => line),
    shipping: shipping === 0 ? [] : [{ title: 'Shipping', amount: moneyOf(shipping), tax: '0' }],
    fees: [],
    discounts: discount === 0 ? [] : [{ title: 'Welcome', amount: moneyOf(discount) }],
    discountCodes: [],
    taxes: tax === 0 ? [] : [{ title: 'VAT', rate: String(TAX_PERCENT), amount: moneyOf(tax) }],
    tax: moneyOf(tax),
    total: moneyOf(net + tax),
    refunds: [],
    attributes: [],
    tags: [],
  }
}

/** Some of the catalogue in its order, some of it cheaper than usual. */
function linesOf(random: Random) {
  const always = random.pick(PRODUCTS)
  const ordered = PRODUCTS.filter((product) => product === always || random.chance(0.3))
  return ordered.map((product) => {
    const quantity = random.between(1, MOST_PIECES)
    const cents = product.cents - (random.chance(0.2) ? 50 : 0)
    const line = {
      id: product.sku,
      sku: product.sku,
      name: product.name,
      quantity: String(quantity),
      unitPrice: moneyOf(cents),
      discount: '0',
      tax: '0',
      total: moneyOf(quantity * cents),
      attributes: [],
    }
    return { line, cents: quantity * cents }
  })
}

function moneyOf(cents: number): string {
  return (cents / 100).toFixed(2)
}

function instantOf(index: number): string {
  return new Date(EPOCH_MS + index * 1_000).toISOString()
}
