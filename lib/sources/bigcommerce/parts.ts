import type { Charge, OrderLine, OrderSnapshot } from '../../events/order.ts'
import { type Big, decimalText, minorDigitsOf, roundTo, sumOf } from '../../values/money.ts'
import { decimalOf, firstText, type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

/** Every amount of version 2 is there twice, `price_ex_tax` and `price_inc_tax`. */
export type Basis = 'ex_tax' | 'inc_tax'

type Parts = Pick<OrderSnapshot, 'amountsIncludeTax' | 'lines' | 'shipping' | 'fees' | 'discounts' | 'tax'>

/** The parts of a fetched order. Amounts of four decimals are rounded to the currency's. */
export function partsOf(fetched: JsonObject, basis: Basis, currency: string): Parts {
  const order = objectOf(fetched['order'])
  const round = (value: Json | undefined) => roundTo(decimalOf(value), minorDigitsOf(currency))
  const chargeOf = (name: string, title: string): Charge[] => {
    const amount = round(order[`${name}_${basis}`])
    return amount.eq(0)
      ? []
      : [{ title, amount: decimalText(amount), tax: decimalText(round(order[`${name}_tax`])) }]
  }
  return {
    amountsIncludeTax: basis === 'inc_tax',
    lines: objectsOf(fetched['products']).map((product, index) => lineOf(product, index, basis, round)),
    shipping: chargeOf('shipping_cost', shippingTitle(fetched)),
    fees: [...chargeOf('handling_cost', 'Handling'), ...chargeOf('wrapping_cost', 'Gift wrapping')],
    discounts: discountsOf(fetched, round),
    tax: decimalText(decimalOf(order['total_tax'])),
  }
}

type Round = (value: Json | undefined) => Big

function lineOf(product: JsonObject, index: number, basis: Basis, round: Round): OrderLine {
  const [quantity, total] = [decimalOf(product['quantity']), round(product[`total_${basis}`])]
  const unitPrice = decimalOf(product[`price_${basis}`])
  const discount = round(decimalText(quantity.times(unitPrice).minus(total)))
  return {
    id: textOf(product['id']) ?? `line-${index + 1}`,
    sku: textOf(product['sku']),
    name: firstText(product['name'], product['sku']) ?? 'Item',
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    discount: decimalText(discount),
    tax: decimalText(round(product['total_tax'])),
    total: decimalText(total),
    attributes: objectsOf(product['product_options']).flatMap((option) => {
      const [name, value] = [
        firstText(option['display_name'], option['name']),
        textOf(option['display_value']),
      ]
      return name === undefined || value === undefined ? [] : [{ name, value }]
    }),
  }
}

function shippingTitle(fetched: JsonObject): string {
  const methods = objectsOf(fetched['shippingAddresses']).map((address) => textOf(address['shipping_method']))
  const named = [...new Set(methods)].filter((method) => method !== undefined && method !== 'None')
  return named.length === 0 ? 'Shipping' : named.join(', ')
}

/** What was taken off the order as a whole: by hand or by a promotion, and by coupons. */
function discountsOf(fetched: JsonObject, round: Round): OrderSnapshot['discounts'] {
  const order = objectOf(fetched['order'])
  const coupons = objectsOf(fetched['coupons']).map(({ code, discount }) => ({
    code: textOf(code),
    amount: round(discount),
  }))
  const byCoupons = round(order['coupon_discount'])
  const isWhole = sumOf(coupons.map(({ amount }) => amount)).eq(byCoupons)
  const codes = isWhole ? coupons : [{ code: coupons[0]?.code, amount: byCoupons }]
  return [{ code: undefined, amount: round(order['discount_amount']) }, ...codes]
    .filter(({ amount }) => !amount.eq(0))
    .map(({ code, amount }) => ({
      title: code === undefined ? 'Discount' : `Coupon ${code}`,
      ...(code !== undefined && { code }),
      amount: decimalText(amount),
    }))
}

/** The API tells what was given back in all, and how many of each line. */
export function refundsOf(fetched: JsonObject, orderId: string): OrderSnapshot['refunds'] {
  const amount = decimalOf(objectOf(fetched['order'])['refunded_amount'])
  if (amount.eq(0)) return []
  const lines = objectsOf(fetched['products']).flatMap((product) => {
    const quantity = decimalOf(product['quantity_refunded'])
    const lineId = textOf(product['id'])
    return quantity.eq(0) || lineId === undefined ? [] : [{ lineId, quantity: decimalText(quantity) }]
  })
  return [{ id: `${orderId}-refunded`, amount: decimalText(amount), lines }]
}
