import * as fc from 'fast-check'
import type { OrderLine, OrderSnapshot } from '../../lib/events/order.ts'
import { Big, decimalText, minorDigitsOf } from '../../lib/values/money.ts'
import { ORDER } from './orders.ts'

/** Currencies with no, two and three decimals; the demo database has EUR and USD, the configuration names the others. */
export const CURRENCIES = { EUR: 1, USD: 2, JPY: 3, KWD: 4 } as const

const SKUS = ['RT-100', 'SW-24', 'CB-10', 'rt-500', 'XX-1', "O'Brien", '12345']
const NAMES = [
  'Router',
  'Kabel 2 m „blau“',
  'قميص أزرق',
  '👩‍👩‍👧 family pack',
  'x'.repeat(400),
  'Line\nbreak',
]

type Shape = {
  readonly currency: keyof typeof CURRENCIES
  readonly amountsIncludeTax: boolean
  readonly lines: readonly {
    sku: string | undefined
    name: string
    quantity: string
    units: number
    tax: number
  }[]
  readonly shipping: number
  readonly fee: number
  readonly discount: number
  readonly looseTax: number
  readonly off: number
}

const shape: fc.Arbitrary<Shape> = fc.record({
  currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
  amountsIncludeTax: fc.boolean(),
  lines: fc.array(
    fc.record({
      sku: fc.option(fc.constantFrom(...SKUS), { nil: undefined }),
      name: fc.constantFrom(...NAMES),
      quantity: fc.constantFrom('0', '1', '2', '3', '7', '1.5', '0.333', '-1', '1000'),
      units: fc.integer({ min: -2_000, max: 200_000 }),
      tax: fc.integer({ min: 0, max: 2_000 }),
    }),
    { maxLength: 5 },
  ),
  shipping: fc.integer({ min: 0, max: 2_000 }),
  fee: fc.integer({ min: 0, max: 300 }),
  discount: fc.integer({ min: 0, max: 500 }),
  looseTax: fc.integer({ min: 0, max: 100 }),
  off: fc.constantFrom(0, 0, 0, 1, -3),
})

/** Orders whose parts come to their totals, or are off by a little that an adjustment has to make up for. */
export const orders: fc.Arbitrary<OrderSnapshot> = shape.map(orderOf)

function orderOf({
  currency,
  amountsIncludeTax,
  lines,
  shipping,
  fee,
  discount,
  looseTax,
  off,
}: Shape): OrderSnapshot {
  const digits = minorDigitsOf(currency)
  const money = (units: number) => decimalText(new Big(units).div(new Big(10).pow(digits)))
  const items = lines.map(
    ({ sku, name, quantity, units, tax }, index): OrderLine => ({
      id: String(index + 1),
      ...(sku !== undefined && { sku }),
      name,
      quantity,
      unitPrice: money(units),
      discount: '0',
      tax: money(tax),
      total: money(units),
      attributes: [],
    }),
  )
  const tax = lines.reduce((sum, one) => sum + one.tax, looseTax)
  const parts = lines.reduce((sum, { units }) => sum + units, shipping + fee - discount)
  return {
    ...ORDER,
    currency,
    amountsIncludeTax,
    lines: items,
    shipping: shipping === 0 ? [] : [{ title: 'Post', amount: money(shipping), tax: '0' }],
    fees: fee === 0 ? [] : [{ title: 'Wrapping', amount: money(fee), tax: '0' }],
    discounts: discount === 0 ? [] : [{ title: 'Spring', code: 'SPRING', amount: money(discount) }],
    taxes: [{ title: 'VAT', amount: money(tax) }],
    tax: money(tax),
    total: money(parts + (amountsIncludeTax ? 0 : tax) + off),
  }
}
