import type { Ignored } from '../events/index.ts'
import { type Address, OrderFact, OrderSnapshot } from '../events/order.ts'
import { withAdjustment } from '../events/order-sum.ts'
import { type Big, decimalText, sumOf } from '../values/money.ts'
import { singleLine } from '../values/text.ts'
import { NotUnderstoodError } from './errors.ts'
import { objectsOf, textOf } from './loose-json.ts'
import { issuesOf } from './options.ts'
import type { Json } from './source.ts'

/**
 * The order as an event, with an adjustment when its parts do not come to its total.
 * @param reason why they may not
 * @throws NotUnderstoodError naming each field that is wrong and its rule
 */
export function orderSnapshot(order: OrderSnapshot, reason: string): OrderSnapshot {
  const result = OrderSnapshot.safeParse(order)
  if (!result.success) throw new NotUnderstoodError('the order is not understood', issuesOf(result.error))
  return withAdjustment(result.data, reason)
}

/** @throws NotUnderstoodError naming each field that is wrong and its rule */
export function orderFact(fact: OrderFact): OrderFact {
  const result = OrderFact.safeParse(fact)
  if (result.success) return result.data
  throw new NotUnderstoodError('what happened to the order is not understood', issuesOf(result.error))
}

type Tax = OrderSnapshot['taxes'][number]

/** The tax lines of an order; what they leave of its whole tax is one more. */
export function taxesOf(lines: readonly (Omit<Tax, 'amount'> & { amount: Big })[], whole: Big): Tax[] {
  const rest = whole.minus(sumOf(lines.map(({ amount }) => amount)))
  const taxes = lines.map(({ amount, ...line }) => ({ ...line, amount: decimalText(amount) }))
  return rest.eq(0)
    ? taxes
    : [...taxes, { title: taxes.length === 0 ? 'Tax' : 'Other tax', amount: decimalText(rest) }]
}

const VAT_NAME = /\b(vat|ust|tva|iva|btw|nip|gstin)\b|\btax (id|no|nr|number|registration)\b/i
const NO_NUMBER = /\b(amount|rate|total|exempt|valid|country|hash)\b/i
const VAT_NUMBER = /^(?=.*\d)[a-z0-9][a-z0-9 .-]{4,24}[a-z0-9]$/i
const VAT_IN_TEXT = /\b(?:vat|ust|tva|iva|btw)\b[^:\n]{0,30}:\s*([a-z0-9][a-z0-9 .-]{4,24}[a-z0-9])/i

/**
 * The buyer's VAT number where shops without a field of their own for it keep it: an attribute named like one, or a note
 * that says `VAT …: number`.
 */
export function vatNumberIn(
  attributes: readonly { readonly name: string; readonly value: string }[],
  ...notes: readonly (string | undefined)[]
): string | undefined {
  const named = attributes.find(({ name, value }) => isVatName(name) && VAT_NUMBER.test(value))
  if (named !== undefined) return named.value
  for (const note of notes) {
    const found = VAT_IN_TEXT.exec(note ?? '')?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

function isVatName(name: string): boolean {
  const words = name.replace(/[_-]+/g, ' ')
  return VAT_NAME.test(words) && !NO_NUMBER.test(words)
}

/** Of which order a payload is, and where people find it. */
export type OrderOf = { readonly shop: string; readonly orderId: string; readonly url?: string }

const MAX_REASON_CHARACTERS = 60

/** A topic, scope or type of event that a source does not read. */
export function unknownTopic(name: string): Ignored {
  return { kind: 'ignored', reason: `topic ${singleLine(name)}`.slice(0, MAX_REASON_CHARACTERS) }
}

/** Answers and options as name and value; those without either are left out. */
export function namedValues(
  fields: Json | undefined,
  nameKey: string,
  valueKey = 'value',
): { readonly name: string; readonly value: string }[] {
  return objectsOf(fields).flatMap((field) => {
    const [name, value] = [textOf(field[nameKey]), textOf(field[valueKey])]
    return name === undefined || value === undefined ? [] : [{ name, value }]
  })
}

/** All that was given back, where a shop tells the sum alone: one refund that grows. */
export function refundedInAll(orderId: string, amount: Big): OrderSnapshot['refunds'] {
  return amount.eq(0) ? [] : [{ id: `${orderId}-refunded`, amount: decimalText(amount), lines: [] }]
}

/** What the total of an order is made of. */
export type OrderParts = Pick<
  OrderSnapshot,
  'lines' | 'shipping' | 'fees' | 'discounts' | 'tax' | 'taxes' | 'total' | 'currency' | 'amountsIncludeTax'
>

/** An address of which nothing is known is none. */
export function addressOrNone(address: Address): Address | undefined {
  return Object.values(address).every((part) => part === undefined) ? undefined : address
}
