import { type Big, decimalText, fromMinorUnits } from '../../values/money.ts'
import { decimalOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

/**
 * How Stripe counts money, which is not ISO 4217 (https://docs.stripe.com/currencies): MGA has no decimals here; ISK and
 * UGX have two that are always 00 (special cases, though UGX is on the page's zero-decimal list too); HUF and TWD two.
 */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
)
const WITH_THREE_DECIMALS: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '))

/** Amounts of one currency (ISO 4217, any letter case) as Stripe counts them. */
export type MinorUnits = {
  /** In upper case; empty when there is none. */
  readonly currency: string
  /** In whole units of the currency; zero for null and for what is no number. */
  readonly amount: (minor: Json | undefined) => Big
  readonly text: (minor: Json | undefined) => string
}

export function minorUnitsOf(code: Json | undefined): MinorUnits {
  const currency = (textOf(code) ?? '').toUpperCase()
  const digits = WITHOUT_DECIMALS.has(currency) ? 0 : WITH_THREE_DECIMALS.has(currency) ? 3 : 2
  const amount = (minor: Json | undefined) => fromMinorUnits(decimalOf(minor), digits)
  return { currency, amount, text: (minor) => decimalText(amount(minor)) }
}
