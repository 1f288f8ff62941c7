import { ORDER_FACTS } from '../../events/order.ts'
import * as z from '../../values/schema.ts'
import { Condition, Selector } from './selector.ts'
import { words } from './values.ts'

const Party = {
  firstName: z.optional(Selector),
  lastName: z.optional(Selector),
  company: z.optional(Selector),
  phone: z.optional(Selector),
} as const

const Buyer = z.strictObject({
  ...Party,
  /** Split into first and last name where these have no place of their own. */
  name: z.optional(Selector),
  id: z.optional(Selector),
  email: z.optional(Selector),
  vatNumber: z.optional(Selector),
  language: z.optional(Selector),
})

const Address = z.strictObject({
  ...Party,
  street1: z.optional(Selector),
  street2: z.optional(Selector),
  city: z.optional(Selector),
  region: z.optional(Selector),
  postalCode: z.optional(Selector),
  country: z.optional(Selector),
})
export type AddressMapping = z.infer<typeof Address>

/** Amounts beside the lines: one, or one for each element of a list; selectors start at the element. */
const Charge = z.strictObject({
  each: z.optional(z.string().check(z.minLength(1))),
  title: Selector,
  amount: Selector,
  tax: z.optional(Selector),
})
export type ChargeMapping = z.infer<typeof Charge>

const Line = z.strictObject({
  /** Path of the list of lines; every other selector here starts at one of them. */
  each: z.string().check(z.minLength(1)),
  id: z.optional(Selector),
  sku: z.optional(Selector),
  name: Selector,
  variant: z.optional(Selector),
  /** 1 when there is none. */
  quantity: z.optional(Selector),
  unitPrice: z.optional(Selector),
  discount: z.optional(Selector),
  tax: z.optional(Selector),
  /** Quantity × unit price − discount when there is none. */
  total: z.optional(Selector),
})
export type LineMapping = z.infer<typeof Line>

/** What of a payload is an order. */
export const OrderMapping = z.strictObject({
  id: Selector,
  number: z.optional(Selector),
  /** Tells which of two states is newer; `updatedAt` when there is none. */
  version: z.optional(Selector),
  /** What happened, besides the order's state or instead of it. The first that holds counts. */
  facts: z._default(z.array(z.strictObject({ when: Condition, name: z.enum(ORDER_FACTS) })), []),
  state: z.optional(words(['draft', 'open', 'completed', 'cancelled', 'deleted'])),
  payment: z.optional(
    words(['unpaid', 'authorized', 'partly-paid', 'paid', 'partly-refunded', 'refunded', 'voided', 'failed']),
  ),
  fulfilment: z.optional(words(['unfulfilled', 'partly-fulfilled', 'fulfilled'])),
  placedAt: z.optional(Selector),
  updatedAt: z.optional(Selector),
  cancelledAt: z.optional(Selector),
  cancelReason: z.optional(Selector),
  url: z.optional(Selector),
  currency: Selector,
  /** Whether amounts count cents. */
  inMinorUnits: z._default(z.boolean(), false),
  /** Whether prices contain tax: a fact of the shop, or where the payload says `true`. */
  amountsIncludeTax: z._default(z.union([z.boolean(), Selector]), false),
  buyer: z.prefault(Buyer, {}),
  billingAddress: z.optional(Address),
  shippingAddress: z.optional(Address),
  lines: z.optional(Line),
  shipping: z._default(z.array(Charge), []),
  fees: z._default(z.array(Charge), []),
  /** Discounts no line contains yet; `title` may be the code. Positive or negative, they are taken off. */
  discounts: z._default(z.array(z.omit(Charge, { tax: true })), []),
  tax: z.optional(Selector),
  total: z.optional(Selector),
  note: z.optional(Selector),
  paymentMethod: z.optional(Selector),
  purchaseOrder: z.optional(Selector),
})
export type OrderMapping = z.infer<typeof OrderMapping>
