import { Big } from 'big.js'

export { Big } from 'big.js'

/**
 * A decimal number as outside systems write it: a string such as `"700.000000"`, ` 1.5 `, or a JSON number. undefined
 * for what is no number at all: null, blanks, `"free"`.
 */
export function toDecimal(value: unknown): Big | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? new Big(String(value)) : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value))
    return undefined
  return new Big(value.trim().replace(/^\+/, ''))
}

/** `12.5`, never an exponent: the form in which amounts are kept in events. */
export function decimalText(value: Big): string {
  return value.toFixed()
}

/** One for all: what big.js calculates is always another number. */
export const ZERO = new Big(0)

export function sumOf(values: Iterable<Big>): Big {
  let sum = ZERO
  for (const value of values) sum = sum.plus(value)
  return sum
}

const digitsByCurrency = new Map<string, number>()

/**
 * How many decimals an ISO 4217 currency has: 0 for JPY, 2 for EUR, 3 for KWD. 2 for a code nobody knows.
 * The platform's table (ECMA-402 `CurrencyDigits`, which is ISO 4217's minor units).
 */
export function minorDigitsOf(currency: string): number {
  const known = digitsByCurrency.get(currency)
  if (known !== undefined) return known
  const digits = digitsFromPlatform(currency)
  digitsByCurrency.set(currency, digits)
  return digits
}

function digitsFromPlatform(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return 2
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}

/** An amount in minor units (cents), as Stripe and Square count: `(1099, 2)` is 10.99. */
export function fromMinorUnits(amount: Big, digits: number): Big {
  return amount.div(new Big(10).pow(digits))
}

/** To the currency's minor unit, half away from zero. */
export function roundTo(value: Big, digits: number): Big {
  return value.round(digits, Big.roundHalfUp)
}

/**
 * Shares an amount out in proportion to `weights`, in whole minor units and without a remainder: what rounding down
 * leaves goes to the largest fractions first (largest-remainder method), ties to the first. All weights zero: equal
 * shares.
 */
export function allocate(amount: Big, weights: readonly Big[], digits: number): Big[] {
  if (weights.length === 0) return []
  const total = sumOf(weights)
  const shares = weights.map((weight) =>
    total.eq(0) ? amount.div(weights.length) : amount.times(weight).div(total),
  )
  const floors = shares.map((share) => share.round(digits, Big.roundDown))
  const unit = new Big(10).pow(-digits).times(amount.lt(0) ? -1 : 1)
  const missing = Number(amount.minus(sumOf(floors)).div(unit).round(0, Big.roundHalfUp))
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: share.minus(floors[index] ?? 0).abs() }))
    .toSorted((one, other) => other.remainder.cmp(one.remainder) || one.index - other.index)
  const chosen = new Set(byRemainder.slice(0, missing).map(({ index }) => index))
  return floors.map((floor, index) => (chosen.has(index) ? floor.plus(unit) : floor))
}
