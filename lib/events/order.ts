import * as z from 'zod'
import { Standing } from './standing.ts'

/** An amount of money, or a quantity, as a decimal string: `-12.5`, `0.30`. Never a float, never grouped, no exponent. */
const Decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number such as 12.50')
const Text = z.string().min(1)
/** ISO 8601 in UTC with a `Z`. */
const Instant = z.iso.datetime()
const Attribute = z.strictObject({ name: z.string(), value: z.string() })

export const Address = z.strictObject({
  firstName: Text.optional(),
  lastName: Text.optional(),
  company: Text.optional(),
  street1: Text.optional(),
  street2: Text.optional(),
  city: Text.optional(),
  /** State, province or county, as the shop writes it. */
  region: Text.optional(),
  postalCode: Text.optional(),
  /** ISO 3166-1 alpha-2 where the shop knows it, otherwise its name for the country. */
  country: Text.optional(),
  phone: Text.optional(),
})
export type Address = z.infer<typeof Address>

/** Who ordered. Everything may be missing: a guest at a till has no address at all. */
const Buyer = z.strictObject({
  /** The shop's id of the customer; absent for guests. */
  id: Text.optional(),
  email: z.string().min(3).optional(),
  phone: Text.optional(),
  firstName: Text.optional(),
  lastName: Text.optional(),
  company: Text.optional(),
  vatNumber: Text.optional(),
  /** BCP 47, e.g. `de-AT`. */
  language: Text.optional(),
})

/**
 * One thing that was ordered. `total` is what is charged for the whole line: quantity × unitPrice − discount, to the
 * minor unit. It contains tax exactly when the order's `amountsIncludeTax` says so; `tax` is always told apart.
 */
export const OrderLine = z.strictObject({
  /** The shop's id of the line, unique within the order and the same in every later event of the order. */
  id: Text,
  sku: Text.optional(),
  name: Text,
  /** Size, colour, … */
  variant: Text.optional(),
  quantity: Decimal,
  unitPrice: Decimal,
  discount: Decimal,
  tax: Decimal,
  total: Decimal,
  /** What the buyer chose or wrote for this line. */
  attributes: z.array(Attribute).readonly(),
})
export type OrderLine = z.infer<typeof OrderLine>

/** Shipping, a fee, a tip, wrapping: an amount after its discounts. Tax as with lines. */
export const Charge = z.strictObject({ title: Text, amount: Decimal, tax: Decimal })
export type Charge = z.infer<typeof Charge>

/** Money given back, or lines taken back, after the order was placed. Known by `id`, so that it counts once. */
export const Refund = z.strictObject({
  id: Text,
  at: Instant.optional(),
  /** Given back in all, tax included. */
  amount: Decimal,
  reason: Text.optional(),
  lines: z.array(z.strictObject({ lineId: Text, quantity: Decimal, amount: Decimal.optional() })).readonly(),
})
export type Refund = z.infer<typeof Refund>

const of = {
  kind: z.literal('order'),
  /** Configured instance name of the source, e.g. `shop`. */
  shop: z.string().min(1),
  /** The shop's id of the order: the subject of all its events. Digits beyond 2^53 are kept. */
  orderId: Text,
}

/**
 * The whole order as the shop has it now. The sum of its parts is its `total`:
 * Σ lines.total + Σ shipping.amount + Σ fees.amount − Σ discounts.amount + (amountsIncludeTax ? 0 : tax) + adjustment.
 */
export const OrderSnapshot = z.strictObject({
  ...of,
  standing: Standing.options[0],
  /** The number people know the order by, as the shop writes it: `#1001`, `000000617`. */
  number: Text,
  /** Where a person finds the order in the shop. Shown, never fetched. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  state: z.enum(['draft', 'open', 'completed', 'cancelled', 'deleted']),
  payment: z
    .enum(['unpaid', 'authorized', 'partly-paid', 'paid', 'partly-refunded', 'refunded', 'voided', 'failed'])
    .optional(),
  fulfilment: z.enum(['unfulfilled', 'partly-fulfilled', 'fulfilled']).optional(),
  placedAt: Instant.optional(),
  updatedAt: Instant.optional(),
  cancelledAt: Instant.optional(),
  cancelReason: Text.optional(),
  /** ISO 4217, upper case. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'),
  /** What the buyer saw, when the shop sells in one currency and keeps its books in another. */
  presentment: z.strictObject({ currency: z.string().regex(/^[A-Z]{3}$/), total: Decimal }).optional(),
  amountsIncludeTax: z.boolean(),
  buyer: Buyer,
  billingAddress: Address.optional(),
  shippingAddress: Address.optional(),
  lines: z.array(OrderLine).readonly(),
  shipping: z.array(Charge).readonly(),
  fees: z.array(Charge).readonly(),
  /** Discounts on the order as a whole that no line, shipping or fee contains yet. Positive amounts. */
  discounts: z.array(z.strictObject({ title: Text, code: Text.optional(), amount: Decimal })).readonly(),
  /** Codes of all discounts, wherever they were applied. */
  discountCodes: z.array(Text).readonly(),
  /** How the tax of the whole order is made up; the sum is `tax`. */
  taxes: z.array(z.strictObject({ title: Text, rate: Decimal.optional(), amount: Decimal })).readonly(),
  tax: Decimal,
  /** What the shop says the order comes to, before refunds. */
  total: Decimal,
  /** What is between the sum of the parts and `total`, and why. */
  adjustment: z.strictObject({ amount: Decimal, reason: Text }).optional(),
  refunds: z.array(Refund).readonly(),
  note: Text.optional(),
  attributes: z.array(Attribute).readonly(),
  tags: z.array(Text).readonly(),
  paymentMethod: Text.optional(),
  purchaseOrder: Text.optional(),
  /** Why the order is not told in full: a thin delivery without credentials to fetch the rest. Such an order may have no lines. */
  incomplete: Text.optional(),
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
  number: Text.optional(),
  at: Instant.optional(),
  reason: Text.optional(),
  /** With `refunded`. */
  refund: Refund.optional(),
  /** What else there is to say, for people. */
  attributes: z.array(Attribute).readonly(),
})
export type OrderFact = z.infer<typeof OrderFact>

/** Something happened to an order in a shop. */
export const Order = z.union([OrderSnapshot, OrderFact])
export type Order = z.infer<typeof Order>
