import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineConfig, type IntegrationConfig } from '../../../lib/config/config.ts'
import type { OrderMapping } from '../../../lib/config/order-mapping.ts'
import type { OrderSnapshot } from '../../../lib/events/order.ts'
import { type Amounts, amountsOf } from '../../../lib/plans/order/amounts.ts'
import { lifeOf } from '../../../lib/plans/order/life.ts'
import { orderMappingOf } from '../../../lib/plans/order/mapping.ts'
import { pricedLines } from '../../../lib/plans/order/quantities.ts'
import { Big, decimalText, sumOf } from '../../../lib/values/money.ts'
import { orders } from '../../support/generated-orders.ts'
import { line, ORDER } from '../../support/orders.ts'
import { propertyRuns } from '../../support/property.ts'

function configWith(order: Partial<OrderMapping>): IntegrationConfig {
  return defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    sources: { shop: { source: 'shopify' } },
    order: order as object,
  })
}

function amounts(order: OrderSnapshot, mapping: Partial<OrderMapping> = {}): Amounts {
  const life = lifeOf({ snapshot: order, facts: [] })
  if (life === undefined) throw new Error('no snapshot')
  return amountsOf(life, orderMappingOf(configWith(mapping), 'shop'))
}

function shown({ lines }: Amounts): string[] {
  return lines.map(({ quantity, price, text }) => `${decimalText(quantity)} × ${decimalText(price)} ${text}`)
}

const mappings = fc.record({
  prices: fc.constantFrom('as-ordered', 'net', 'gross'),
  shipping: fc.constantFrom('line', 'header'),
  fees: fc.constantFrom('line', 'header'),
  tax: fc.constantFrom('line', 'header'),
  discounts: fc.constantFrom('line', 'header', 'allocated'),
}) as fc.Arbitrary<Partial<OrderMapping>>

describe('the amounts of a quote', () => {
  it('come to the total of the order, however they are told', () => {
    fc.assert(
      fc.property(orders, mappings, (order, mapping) => {
        const { gross, header } = amounts(order, mapping)
        expect(decimalText(gross.plus(header.tax).plus(header.freight))).toBe(
          decimalText(new Big(order.total)),
        )
      }),
      propertyRuns(500),
    )
  })

  it('lose no line: each is there, or is nothing for nothing and said so', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const { lines, remarks } = amounts(order)
        for (const { name } of order.lines) {
          const told = [...lines.map(({ text }) => text), ...remarks]
          expect(told.some((text) => text.includes(name))).toBe(true)
        }
      }),
      propertyRuns(),
    )
  })

  it('are lines or header fields, never both', () => {
    const order = { ...ORDER, amountsIncludeTax: false, total: '141.01' }
    const inLines = amounts(order)
    const inHeader = amounts(order, { tax: 'header', shipping: 'header' })
    expect(shown(inLines).slice(-2)).toEqual(['1 × 5.9 Post', '1 × 22.21 VAT 23%'])
    expect(decimalText(inLines.header.tax.plus(inLines.header.freight))).toBe('0')
    expect(shown(inHeader).at(-1)).toBe('1 × 9.64 Mug, blue')
    expect([decimalText(inHeader.header.tax), decimalText(inHeader.header.freight)]).toEqual(['22.21', '5.9'])
  })

  it('share a discount out by the largest remainder', () => {
    const lines = ['1', '2', '3'].map((id) => line({ id, total: '10.00' }))
    const discounts = [{ title: 'Spring', amount: '10.00' }]
    const order = { ...ORDER, lines, shipping: [], discounts, total: '20.00' }
    expect(shown(amounts(order, { discounts: 'allocated' }))).toEqual([
      '1 × 6.66 Thing',
      '1 × 6.67 Thing',
      '1 × 6.67 Thing',
    ])
  })

  it('are all without tax, or all with it, when told so', () => {
    const lines = [line({ id: '1', total: '12.30', tax: '2.30' })]
    const with2 = {
      ...ORDER,
      lines,
      shipping: [],
      tax: '2.30',
      total: '12.30',
      taxes: [{ title: 'VAT', amount: '2.30' }],
    }
    expect(shown(amounts(with2, { prices: 'net' }))).toEqual(['1 × 10 Thing', '1 × 2.3 VAT'])
    const without = {
      ...with2,
      lines: [line({ id: '1', total: '10.00', tax: '2.30' })],
      amountsIncludeTax: false,
    }
    expect(shown(amounts(without, { prices: 'gross' }))).toEqual(['1 × 12.3 Thing'])
  })

  it('have what no part explains as a line with its reason', () => {
    expect(shown(amounts({ ...ORDER, total: '118.85' })).at(-1)).toBe(
      '1 × 0.05 Adjustment: not explained by the parts of the order',
    )
    const adjustment = { amount: '0.05', reason: 'rounded by the till' }
    expect(shown(amounts({ ...ORDER, total: '118.85', adjustment })).at(-1)).toBe(
      '1 × 0.05 Adjustment: rounded by the till',
    )
  })

  it('lower the total by refunds when told so', () => {
    const refunds = [{ id: '9', amount: '10.00', reason: 'broken', lines: [] }]
    const { gross } = amounts({ ...ORDER, refunds }, { refunds: 'line' })
    expect(decimalText(gross)).toBe('108.8')
  })
})

describe('a quantity and an amount', () => {
  const priced = (quantity: string, amount: string, digits = 2) =>
    pricedLines(new Big(quantity), new Big(amount), 'thing', digits).map(
      (one) => `${decimalText(one.quantity)} × ${decimalText(one.price)} ${one.text}`,
    )

  it.each([
    ['2', '10.00', 2, ['2 × 5 thing']],
    ['3', '10.00', 2, ['2 × 3.33 thing', '1 × 3.34 thing']],
    ['3', '-10.00', 2, ['2 × -3.33 thing', '1 × -3.34 thing']],
    ['1000', '12.50', 2, ['1000 × 0.0125 thing']],
    ['1.5', '3.00', 2, ['1.5 × 2 thing']],
    ['1.5', '4.99', 2, ['1 × 4.99 1.5 × thing']],
    ['-2', '-10.00', 2, ['2 × -5 thing']],
    ['0', '0', 2, []],
    ['0', '5.00', 2, ['1 × 5 0 × thing']],
    ['3', '1000', 0, ['2 × 333 thing', '1 × 334 thing']],
    ['7', '0.010', 3, ['4 × 0.001 thing', '3 × 0.002 thing']],
  ])('of %s for %s with %i decimals are %j', (quantity, amount, digits, lines) => {
    expect(priced(quantity, amount, digits)).toEqual(lines)
  })

  it('are never more than two lines, and always the amount', () => {
    const quantity = fc.integer({ min: -500, max: 500 })
    const amount = fc.integer({ min: -1_000_000, max: 1_000_000 })
    fc.assert(
      fc.property(quantity, amount, fc.constantFrom(0, 2, 3), (count, units, digits) => {
        const wanted = new Big(units).div(new Big(10).pow(digits))
        const lines = pricedLines(new Big(count), wanted, 'thing', digits)
        expect(lines.length).toBeLessThanOrEqual(2)
        expect(decimalText(sumOf(lines.map((one) => one.quantity.times(one.price))))).toBe(
          decimalText(wanted),
        )
      }),
      propertyRuns(500),
    )
  })
})
