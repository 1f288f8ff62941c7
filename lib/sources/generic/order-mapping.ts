import * as z from 'zod'
import { ORDER_FACTS } from '../../events/order.ts'
import { Condition, Selector } from './selector.ts'
import { words } from './values.ts'

const Party = {
  firstName: Selector.optional(),
  lastName: Selector.optional(),
  company: Selector.optional(),
  phone: Selector.optional(),
} as const

const Buyer = z.strictObject({
  ...Party,
  /** Split into first and last name where these have no place of their own. */
  name: Selector.optional(),
  id: Selector.optional(),
  email: Selector.optional(),
  vatNumber: Selector.optional(),
  language: Selector.optional(),
})

const Address = z.strictObject({
  ...Party,
  street1: Selector.optional(),
  street2: Selector.optional(),
  city: Selector.optional(),
  region: Selector.optional(),
  postalCode: Selector.optional(),
  country: Selector.optional(),
})
export type AddressMapping = z.infer<typeof Address>

/** Amounts beside the lines: one, or one for each element of a list; selectors start at the element. */
const Charge = z.strictObject({
  each: z.string().min(1).optional(),
  title: Selector,
  amount: Selector,
  tax: Selector.optional(),
})
export type ChargeMapping = z.infer<typeof Charge>

const Line = z.strictObject({
  /** Path of the list of lines; every other selector here starts at one of them. */
  each: z.string().min(1),
  id: Selector.optional(),
  sku: Selector.optional(),
  name: Selector,
  variant: Selector.optional(),
  /** 1 when there is none. */
  quantity: Selector.optional(),
  unitPrice: Selector.optional(),
  discount: Selector.optional(),
  tax: Selector.optional(),
  /** Quantity × unit price − discount when there is none. */
  total: Selector.optional(),
})
export type LineMapping = z.infer<typeof Line>

/** What of a payload is an order. */
export const OrderMapping = z.strictObject({
  id: Selector,
  number: Selector.optional(),
  /** Tells which of two states is newer; `updatedAt` when there is none. */
  version: Selector.optional(),
  /** What happened, besides the order's state or instead of it. The first that holds counts. */
  facts: z.array(z.strictObject({ when: Condition, name: z.enum(ORDER_FACTS) })).default([]),
  state: words(['draft', 'open', 'completed', 'cancelled', 'deleted']).optional(),
  payment: words([
    'unpaid',
    'authorized',
    'partly-paid',
    'paid',
    'partly-refunded',
    'refunded',
    'voided',
    'failed',
  ]).optional(),
  fulfilment: words(['unfulfilled', 'partly-fulfilled', 'fulfilled']).optional(),
  placedAt: Selector.optional(),
  updatedAt: Selector.optional(),
  cancelledAt: Selector.optional(),
  cancelReason: Selector.optional(),
  url: Selector.optional(),
  currency: Selector,
  /** Whether amounts count cents. */
  inMinorUnits: z.boolean().default(false),
  /** Whether prices contain tax: a fact of the shop, or where the payload says `true`. */
  amountsIncludeTax: z.union([z.boolean(), Selector]).default(false),
  buyer: Buyer.prefault({}),
  billingAddress: Address.optional(),
  shippingAddress: Address.optional(),
  lines: Line.optional(),
  shipping: z.array(Charge).default([]),
  fees: z.array(Charge).default([]),
  /** Discounts no line contains yet; `title` may be the code. Positive or negative, they are taken off. */
  discounts: z.array(Charge.omit({ tax: true })).default([]),
  tax: Selector.optional(),
  total: Selector.optional(),
  note: Selector.optional(),
  paymentMethod: Selector.optional(),
  purchaseOrder: Selector.optional(),
})
export type OrderMapping = z.infer<typeof OrderMapping>
