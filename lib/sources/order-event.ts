import { type Address, OrderFact, OrderSnapshot } from '../events/order.ts'
import { withAdjustment } from '../events/order-sum.ts'
import { type Big, decimalText, sumOf } from '../values/money.ts'
import { NotUnderstoodError } from './errors.ts'
import { issuesOf } from './options.ts'

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

/** What the total of an order is made of. */
export type OrderParts = Pick<
  OrderSnapshot,
  'lines' | 'shipping' | 'fees' | 'discounts' | 'tax' | 'taxes' | 'total' | 'currency' | 'amountsIncludeTax'
>

/** An address of which nothing is known is none. */
export function addressOrNone(address: Address): Address | undefined {
  return Object.values(address).every((part) => part === undefined) ? undefined : address
}
