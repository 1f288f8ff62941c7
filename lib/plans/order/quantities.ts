import { Big } from '../../values/money.ts'

/** Sage CRM keeps prices with six decimals (numeric(24,6)). */
const MOST_DECIMALS = 6

export type Priced = { readonly quantity: Big; readonly price: Big; readonly text: string }

/**
 * A quantity and an amount as lines whose quantity × price is that amount exactly. 3 for 10.00 is 2 × 3.33 and 1 × 3.34; what
 * cannot be divided is one piece, with the quantity in its text. Nothing for nothing is no line.
 */
export function pricedLines(quantity: Big, amount: Big, text: string, digits: number): Priced[] {
  const count = quantity.abs()
  if (count.eq(0) && amount.eq(0)) return []
  const whole = { quantity: new Big(1), price: amount, text: `${quantity.toFixed()} × ${text}` }
  if (count.eq(0)) return [whole]
  const price = amount.div(count).round(MOST_DECIMALS, Big.roundDown)
  if (price.times(count).eq(amount)) return [{ quantity: count, price, text }]
  return count.eq(count.round(0)) ? shared(count, amount, text, digits) : [whole]
}

/** Some at a price, the rest at one minor unit more. */
function shared(count: Big, amount: Big, text: string, digits: number): Priced[] {
  const unit = new Big(10).pow(-digits).times(amount.lt(0) ? -1 : 1)
  const price = amount.div(count).round(digits, Big.roundDown)
  const more = amount.minus(price.times(count)).div(unit)
  return [
    { quantity: count.minus(more), price, text },
    { quantity: more, price: price.plus(unit), text },
  ]
}
