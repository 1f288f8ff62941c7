import type { OrderLine } from '../../events/order.ts'
import { decimalText, roundTo } from '../../values/money.ts'
import { decimalOf, firstText, type JsonObject, objectOf, textOf } from '../loose-json.ts'
import type { MinorUnits } from './minor-units.ts'

/** Of a unit price: prices per unit may have decimals of a minor unit (`unit_amount_decimal`). */
const UNIT_PRICE_DIGITS = 6

/** A line item of the API with `price.product` expanded (https://docs.stripe.com/api/checkout/sessions/line_items). */
export function lineOf(item: JsonObject, index: number, { amount, text }: MinorUnits): OrderLine {
  const price = objectOf(item['price'])
  const product = objectOf(price['product'])
  const quantity = decimalOf(item['quantity'] ?? 1)
  const subtotal = amount(item['amount_subtotal'])
  return {
    id: textOf(item['id']) ?? `line-${index + 1}`,
    sku: firstText(objectOf(product['metadata'])['sku'], price['lookup_key']),
    name: firstText(product['name'], item['description']) ?? 'Item',
    variant: textOf(price['nickname']),
    quantity: decimalText(quantity),
    unitPrice: decimalText(quantity.eq(0) ? subtotal : roundTo(subtotal.div(quantity), UNIT_PRICE_DIGITS)),
    discount: text(item['amount_discount']),
    tax: text(item['amount_tax']),
    total: decimalText(subtotal.minus(amount(item['amount_discount']))),
    attributes: [],
  }
}

/** All lines as one, when they could not be fetched. */
export function summaryLine(session: JsonObject, { amount, text }: MinorUnits): OrderLine {
  const totals = objectOf(session['total_details'])
  const subtotal = amount(session['amount_subtotal'])
  const shippingTax = amount(objectOf(session['shipping_cost'])['amount_tax'])
  return {
    id: 'all',
    name: 'Stripe Checkout',
    quantity: '1',
    unitPrice: decimalText(subtotal),
    discount: text(totals['amount_discount']),
    tax: decimalText(amount(totals['amount_tax']).minus(shippingTax)),
    total: decimalText(subtotal.minus(amount(totals['amount_discount']))),
    attributes: [],
  }
}
