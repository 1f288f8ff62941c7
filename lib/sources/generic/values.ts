import { type Big, decimalText, fromMinorUnits, minorDigitsOf, toDecimal } from '../../values/money.ts'
import * as z from '../../values/schema.ts'
import { type Picked, pick, pickText, Selector } from './selector.ts'

const SECONDS_BELOW = 100_000_000_000
const LONGEST_EXACT_NUMBER = 15

/** ISO 8601 with or without a zone (then UTC), RFC 2822, or seconds or milliseconds since 1970. As ISO 8601 in UTC. */
export function pickInstant(selector: Selector | undefined, from: Picked): string | undefined {
  const text = pickText(selector, from)
  if (text === undefined) return undefined
  const ms = /^\d+(\.\d+)?$/.test(text) ? sinceEpoch(Number(text)) : Date.parse(withZone(text))
  return Number.isNaN(new Date(ms).getTime()) ? undefined : new Date(ms).toISOString()
}

function sinceEpoch(number: number): number {
  return number < SECONDS_BELOW ? number * 1_000 : number
}

function withZone(text: string): string {
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(:\d\d(\.\d+)?)?)$/.exec(text)
  return local === null ? text : `${local[1]}T${local[2]}Z`
}

/** The sender's own version of a state: a counter, a time in UTC, or text as it is. */
export function pickVersion(selector: Selector | undefined, from: Picked): string | number | undefined {
  const text = pickText(selector, from)
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && text.length <= LONGEST_EXACT_NUMBER) return Number(text)
  return pickInstant(selector, from) ?? text
}

/** A code of ours for each word of the sender's. */
export function words<Word extends string>(ours: readonly [Word, ...Word[]]) {
  return z.strictObject({
    where: Selector,
    means: z.record(z.string(), z.enum(ours)),
    otherwise: z.optional(z.enum(ours)),
  })
}

export function pickWord<Word extends string>(
  told:
    | {
        readonly where: Selector
        readonly means: Readonly<Record<string, Word>>
        readonly otherwise?: Word | undefined
      }
    | undefined,
  from: Picked,
): Word | undefined {
  if (told === undefined) return undefined
  const text = pickText(told.where, from) ?? ''
  return Object.hasOwn(told.means, text) ? told.means[text] : told.otherwise
}

/** Reads amounts of one currency, which may be counted in minor units. */
export function moneyReader(currency: string, inMinorUnits: boolean) {
  const digits = minorDigitsOf(currency)
  return (selector: Selector | undefined, from: Picked): Big | undefined => {
    const amount = selector === undefined ? undefined : toDecimal(pick(selector, from))
    return amount === undefined || !inMinorUnits ? amount : fromMinorUnits(amount, digits)
  }
}

export function decimalOr(value: Big | undefined, otherwise = '0'): string {
  return value === undefined ? otherwise : decimalText(value)
}

/** The object without the keys that hold nothing. */
export function present<T extends Readonly<Record<string, unknown>>>(
  values: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: NonNullable<T[K]> }
}
