import * as z from '../values/schema.ts'
import { SnapshotStanding } from './standing.ts'

/** An amount of money, or a quantity, as a decimal string: `-12.5`, `0.30`. Never a float, never grouped, no exponent. */
const Decimal = z.string().check(z.regex(/^-?\d+(\.\d+)?$/, 'a decimal number such as 12.50'))
const Text = z.string().check(z.minLength(1))
/** ISO 8601 in UTC with a `Z`. */
const Instant = z.iso.datetime()
const Attribute = z.strictObject({ name: z.string(), value: z.string() })

export const Address = z.strictObject({
  firstName: z.optional(Text),
  lastName: z.optional(Text),
  company: z.optional(Text),
  street1: z.optional(Text),
  street2: z.optional(Text),
  city: z.optional(Text),
  /** State, province or county, as the shop writes it. */
  region: z.optional(Text),
  postalCode: z.optional(Text),
  /** ISO 3166-1 alpha-2 where the shop knows it, otherwise its name for the country. */
  country: z.optional(Text),
  phone: z.optional(Text),
})
export type Address = z.infer<typeof Address>

/** Who ordered. Everything may be missing: a guest at a till has no address at all. */
const Buyer = z.strictObject({
  /** The shop's id of the customer; absent for guests. */
  id: z.optional(Text),
  email: z.optional(z.string().check(z.minLength(3))),
  phone: z.optional(Text),
  firstName: z.optional(Text),
  lastName: z.optional(Text),
  company: z.optional(Text),
  vatNumber: z.optional(Text),
  /** BCP 47, e.g. `de-AT`. */
  language: z.optional(Text),
})

/**
 * One thing that was ordered. `total` is what is charged for the whole line: quantity × unitPrice − discount, to the
 * minor unit. It contains tax exactly when the order's `amountsIncludeTax` says so; `tax` is always told apart.
 */
export const OrderLine = z.strictObject({
  /** The shop's id of the line, unique within the order and the same in every later event of the order. */
  id: Text,
  sku: z.optional(Text),
  name: Text,
  /** Size, colour, … */
  variant: z.optional(Text),
  quantity: Decimal,
  unitPrice: Decimal,
  discount: Decimal,
  tax: Decimal,
  total: Decimal,
  /** What the buyer chose or wrote for this line. */
  attributes: z.readonly(z.array(Attribute)),
})
export type OrderLine = z.infer<typeof OrderLine>

/** Shipping, a fee, a tip, wrapping: an amount after its discounts. Tax as with lines. */
export const Charge = z.strictObject({ title: Text, amount: Decimal, tax: Decimal })
export type Charge = z.infer<typeof Charge>

/** Money given back, or lines taken back, after the order was placed. Known by `id`, so that it counts once. */
export const Refund = z.strictObject({
  id: Text,
  at: z.optional(Instant),
  /** Given back in all, tax included. */
  amount: Decimal,
  reason: z.optional(Text),
  lines: z.readonly(
    z.array(z.strictObject({ lineId: Text, quantity: Decimal, amount: z.optional(Decimal) })),
  ),
})
export type Refund = z.infer<typeof Refund>

const of = {
  kind: z.literal('order'),
  /** Configured instance name of the source, e.g. `shop`. */
  shop: z.string().check(z.minLength(1)),
  /** The shop's id of the order: the subject of all its events. Digits beyond 2^53 are kept. */
  orderId: Text,
}

/**
 * The whole order as the shop has it now. The sum of its parts is its `total`:
 * Σ lines.total + Σ shipping.amount + Σ fees.amount − Σ discounts.amount + (amountsIncludeTax ? 0 : tax) + adjustment.
 */
export const OrderSnapshot = z.strictObject({
  ...of,
  standing: SnapshotStanding,
  /** The number people know the order by, as the shop writes it: `#1001`, `000000617`. */
  number: Text,
  /** Where a person finds the order in the shop. Shown, never fetched. */
  url: z.optional(z.url({ protocol: /^https?$/ })),
  state: z.enum(['draft', 'open', 'completed', 'cancelled', 'deleted']),
  payment: z.optional(
    z.enum([
      'unpaid',
      'authorized',
      'partly-paid',
      'paid',
      'partly-refunded',
      'refunded',
      'voided',
      'failed',
    ]),
  ),
  fulfilment: z.optional(z.enum(['unfulfilled', 'partly-fulfilled', 'fulfilled'])),
  placedAt: z.optional(Instant),
  updatedAt: z.optional(Instant),
  cancelledAt: z.optional(Instant),
  cancelReason: z.optional(Text),
  /** ISO 4217, upper case. */
  currency: z.string().check(z.regex(/^[A-Z]{3}$/, 'an ISO 4217 code')),
  /** What the buyer saw, when the shop sells in one currency and keeps its books in another. */
  presentment: z.optional(
    z.strictObject({ currency: z.string().check(z.regex(/^[A-Z]{3}$/)), total: Decimal }),
  ),
  amountsIncludeTax: z.boolean(),
  buyer: Buyer,
  billingAddress: z.optional(Address),
  shippingAddress: z.optional(Address),
  lines: z.readonly(z.array(OrderLine)),
  shipping: z.readonly(z.array(Charge)),
  fees: z.readonly(z.array(Charge)),
  /** Discounts on the order as a whole that no line, shipping or fee contains yet. Positive amounts. */
  discounts: z.readonly(z.array(z.strictObject({ title: Text, code: z.optional(Text), amount: Decimal }))),
  /** Codes of all discounts, wherever they were applied. */
  discountCodes: z.readonly(z.array(Text)),
  /** How the tax of the whole order is made up; the sum is `tax`. Rates are per cent: `23` for 23 %. */
  taxes: z.readonly(z.array(z.strictObject({ title: Text, rate: z.optional(Decimal), amount: Decimal }))),
  tax: Decimal,
  /** What the shop says the order comes to, before refunds. */
  total: Decimal,
  /** What is between the sum of the parts and `total`, and why. */
  adjustment: z.optional(z.strictObject({ amount: Decimal, reason: Text })),
  refunds: z.readonly(z.array(Refund)),
  note: z.optional(Text),
  attributes: z.readonly(z.array(Attribute)),
  tags: z.readonly(z.array(Text)),
  paymentMethod: z.optional(Text),
  purchaseOrder: z.optional(Text),
  /** Why the order is not told in full: a thin delivery without credentials to fetch the rest. Such an order may have no lines. */
  incomplete: z.optional(Text),
})
export type OrderSnapshot = z.infer<typeof OrderSnapshot>

/** ISO 4217's code where no currency is known. */
export const NO_CURRENCY = 'XXX'

export const ORDER_FACTS = [
  'cancelled',
  'refunded',
  'edited',
  'deleted',
  'restored',
  'paid',
  'payment-failed',
  'expired',
  'fulfilled',
] as const

/** Something that happened to an order, told without the whole of it. */
export const OrderFact = z.strictObject({
  ...of,
  standing: z.strictObject({ is: z.literal('fact'), name: z.enum(ORDER_FACTS) }),
  number: z.optional(Text),
  at: z.optional(Instant),
  reason: z.optional(Text),
  /** With `refunded`. */
  refund: z.optional(Refund),
  /** What else there is to say, for people. */
  attributes: z.readonly(z.array(Attribute)),
})
export type OrderFact = z.infer<typeof OrderFact>

/** Something happened to an order in a shop. */
export const Order = z.union([OrderSnapshot, OrderFact])
export type Order = z.infer<typeof Order>
