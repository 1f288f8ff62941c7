import type { Charge, OrderSnapshot, Refund } from '../../events/order.ts'
import { allocate, Big, minorDigitsOf, sumOf } from '../../values/money.ts'
import type { OrderLife } from './life.ts'
import type { FullMapping } from './mapping.ts'
import { pricedLines } from './quantities.ts'

/** A line of the quote, before it is known whether its product is in the CRM. */
export type QuoteLine = {
  readonly sku?: string | undefined
  readonly text: string
  readonly quantity: Big
  readonly price: Big
}

/** Everything the quote is to come to. Each amount of the order is in it once: in a line or in the header. */
export type Amounts = {
  readonly lines: readonly QuoteLine[]
  readonly header: { readonly tax: Big; readonly freight: Big; readonly discount: Big }
  /** Decimals of the currency. */
  readonly digits: number
  /** The sum of the lines. */
  readonly net: Big
  /** What the CRM makes of lines and discount. */
  readonly gross: Big
  /** What people should know of how the lines came about. */
  readonly remarks: readonly string[]
}

type Part = {
  readonly of: 'lines' | 'shipping' | 'fees'
  readonly sku?: string | undefined
  readonly text: string
  readonly quantity: Big
  readonly amount: Big
  readonly tax: Big
}

/** The order as lines and header fields, as configured. */
export function amountsOf({ order, refunds }: OrderLife, mapping: FullMapping): Amounts {
  const digits = minorDigitsOf(order.currency)
  const taxed = withPrices(order, mapping)
  const { parts, discount, isShared } = withDiscounts(taxed.parts, order, mapping, digits)
  const inHeader = parts.filter(({ of }) => of !== 'lines' && mapping[of] === 'header')
  const items = parts.filter((part) => !inHeader.includes(part))
  const isOwnLine = mapping.discounts === 'line' || (mapping.discounts === 'allocated' && !isShared)
  const others = [
    ...(isOwnLine ? order.discounts.map(discountLine) : []),
    ...(mapping.tax === 'line' ? taxLines(order, taxed.tax) : []),
    ...adjustmentLines(order),
    ...(mapping.refunds === 'line' ? refunds.map(refundLine) : []),
  ]
  const lines = [
    ...items.flatMap((part) => linesOf(part, digits)),
    ...others.filter(({ price }) => !price.eq(0)),
  ]
  const header = {
    tax: mapping.tax === 'header' ? taxed.tax : new Big(0),
    freight: sumOf(inHeader.map(({ amount }) => amount)),
    discount,
  }
  const net = sumOf(lines.map(({ quantity, price }) => quantity.times(price)))
  const remarks = remarksOf(items, digits)
  return { lines, header, digits, net, gross: net.minus(discount), remarks }
}

function discountLine({ title, code, amount }: OrderSnapshot['discounts'][number]): QuoteLine {
  const text = code === undefined || title.includes(code) ? title : `${title} (${code})`
  return single(text, new Big(amount).neg())
}

function adjustmentLines({ adjustment }: OrderSnapshot): QuoteLine[] {
  return adjustment === undefined
    ? []
    : [single(`Adjustment: ${adjustment.reason}`, new Big(adjustment.amount))]
}

function refundLine({ amount, reason = '' }: Refund): QuoteLine {
  return single(`Refund ${reason}`.trim(), new Big(amount).neg())
}

function single(text: string, price: Big): QuoteLine {
  return { text, quantity: new Big(1), price }
}

/** All amounts as ordered, or without tax, or with it; and the tax that is in none of them. */
function withPrices(order: OrderSnapshot, { prices }: FullMapping): { parts: Part[]; tax: Big } {
  const parts = partsOf(order)
  const inside = sumOf(parts.map(({ tax }) => tax))
  const { amountsIncludeTax } = order
  if (prices === 'net' && amountsIncludeTax) return { parts: parts.map(withoutTax), tax: inside }
  if (prices === 'gross' && !amountsIncludeTax)
    return { parts: parts.map(withTax), tax: new Big(order.tax).minus(inside) }
  return { parts, tax: amountsIncludeTax ? new Big(0) : new Big(order.tax) }
}

function withoutTax(part: Part): Part {
  return { ...part, amount: part.amount.minus(part.tax) }
}

function withTax(part: Part): Part {
  return { ...part, amount: part.amount.plus(part.tax) }
}

function partsOf({ lines, shipping, fees }: OrderSnapshot): Part[] {
  const charge =
    (of: 'shipping' | 'fees') =>
    ({ title, amount, tax }: Charge): Part => {
      return { of, text: title, quantity: new Big(1), amount: new Big(amount), tax: new Big(tax) }
    }
  return [
    ...lines.map(({ sku, name, variant, quantity, total, tax }): Part => {
      const text = variant === undefined || name.includes(variant) ? name : `${name}, ${variant}`
      return {
        of: 'lines',
        sku,
        text,
        quantity: new Big(quantity),
        amount: new Big(total),
        tax: new Big(tax),
      }
    }),
    ...shipping.map(charge('shipping')),
    ...fees.map(charge('fees')),
  ]
}

/** Discounts on the whole order, in the header or shared out over the lines by the largest remainder. */
function withDiscounts(
  parts: readonly Part[],
  { discounts }: OrderSnapshot,
  mapping: FullMapping,
  digits: number,
) {
  const all = sumOf(discounts.map(({ amount }) => new Big(amount)))
  if (mapping.discounts === 'header') return { parts, discount: all, isShared: false }
  const weights = parts.map(({ of, amount }) => (of === 'lines' && amount.gt(0) ? amount : new Big(0)))
  const isShared = mapping.discounts === 'allocated' && sumOf(weights).gt(0)
  if (!isShared) return { parts, discount: new Big(0), isShared }
  const shares = allocate(all, weights, digits)
  const lowered = parts.map((part, index) => ({ ...part, amount: part.amount.minus(shares[index] ?? 0) }))
  return { parts: lowered, discount: new Big(0), isShared }
}

function linesOf({ sku, text, quantity, amount }: Part, digits: number): QuoteLine[] {
  return pricedLines(quantity, amount, text, digits).map((line) => ({ sku, ...line }))
}

/** One for each tax, where they come to what is to be charged; else one for all. */
function taxLines({ taxes }: OrderSnapshot, tax: Big): QuoteLine[] {
  const isTold = sumOf(taxes.map(({ amount }) => new Big(amount))).eq(tax)
  if (!isTold) return [single('Tax', tax)]
  return taxes.map(({ title, rate, amount }) =>
    single(rate === undefined ? title : `${title} ${rate}%`, new Big(amount)),
  )
}

function remarksOf(parts: readonly Part[], digits: number): string[] {
  return parts.flatMap((part) => {
    const lines = linesOf(part, digits)
    const ordered = `${part.quantity.toFixed()} × ${part.text}`
    if (lines.length === 0) return [`${ordered}: nothing for nothing, no line of the quote.`]
    if (lines.length > 1) return [`${ordered}: in two lines, so that the total is right to the cent.`]
    const isOne = lines[0]?.text !== part.text
    return isOne ? [`${ordered}: one line of quantity 1, so that the total is right to the cent.`] : []
  })
}
