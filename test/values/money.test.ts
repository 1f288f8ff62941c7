import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  allocate,
  Big,
  decimalText,
  fromMinorUnits,
  minorDigitsOf,
  sumOf,
  toDecimal,
} from '../../lib/values/money.ts'
import { propertyRuns } from '../support/property.ts'

test.each([
  ['700.000000', '700'],
  [' 1.50 ', '1.5'],
  ['+3', '3'],
  [10.799999999999999, '10.799999999999999'],
  ['-.5', '-0.5'],
  ['1e3', '1000'],
  [1e21, '1000000000000000000000'],
])('%j is a decimal number', (given, text) => {
  expect(decimalText(toDecimal(given) ?? new Big(0))).toBe(text)
})

test.each([
  null,
  undefined,
  '',
  ' ',
  'free',
  '1,50',
  '1e9999',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  [],
])('%j is no decimal number', (given) => {
  expect(toDecimal(given)).toBeUndefined()
})

test.each([
  ['JPY', 0],
  ['EUR', 2],
  ['KWD', 3],
  ['no currency', 2],
])('%s has %d decimals', (currency, digits) => {
  expect(minorDigitsOf(currency)).toBe(digits)
})

test('minor units are shifted by the decimals of their currency', () => {
  expect(decimalText(fromMinorUnits(new Big(1099), 2))).toBe('10.99')
  expect(decimalText(fromMinorUnits(new Big(500), 0))).toBe('500')
  expect(decimalText(fromMinorUnits(new Big(-1500), 3))).toBe('-1.5')
})

test('an amount is shared out without a remainder, the largest fractions first', () => {
  const shares = allocate(
    new Big('10'),
    ['1', '1', '1'].map((one) => new Big(one)),
    2,
  )
  expect(shares.map(decimalText)).toEqual(['3.34', '3.33', '3.33'])
  expect(allocate(new Big('1'), [], 2)).toEqual([])
  expect(
    allocate(
      new Big('-0.05'),
      ['0', '0'].map((one) => new Big(one)),
      2,
    ).map(decimalText),
  ).toEqual(['-0.03', '-0.02'])
})

test('what is shared out always comes to the amount, and no share is further than a minor unit from its own', () => {
  const cents = fc.integer({ min: -100_000, max: 100_000 })
  const weights = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(cents, weights, fc.constantFrom(0, 2, 3), (amount, parts, digits) => {
      const whole = fromMinorUnits(new Big(amount), digits)
      const shares = allocate(
        whole,
        parts.map((part) => new Big(part)),
        digits,
      )
      expect(sumOf(shares).eq(whole)).toBe(true)
      const total = sumOf(parts.map((part) => new Big(part)))
      for (const [index, share] of shares.entries()) {
        const fair = total.eq(0) ? whole.div(parts.length) : whole.times(parts[index] ?? 0).div(total)
        expect(share.minus(fair).abs().lt(new Big(10).pow(-digits))).toBe(true)
      }
    }),
    propertyRuns(300),
  )
})
