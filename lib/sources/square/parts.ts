import type { Charge, OrderLine, OrderSnapshot } from '../../events/order.ts'
import { Big, decimalText, fromMinorUnits, minorDigitsOf, roundTo, sumOf } from '../../values/money.ts'
import { decimalOf, firstText, type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

const UNIT_PRICE_DIGITS = 6

type Parts = Pick<OrderSnapshot, 'amountsIncludeTax' | 'lines' | 'shipping' | 'fees' | 'discounts'>

/** `{ amount: 1099, currency: "USD" }`, in minor units. */
export function moneyOf(value: Json | undefined): Big {
  const { amount, currency } = objectOf(value)
  return fromMinorUnits(decimalOf(amount), minorDigitsOf(textOf(currency) ?? ''))
}

/**
 * A line's `total_money` is after its discounts and contains every tax. Without any tax that prices contain, the tax is
 * taken out of it, so that it is quantity × price − discount.
 */
export function partsOf(order: JsonObject): Parts {
  const amountsIncludeTax = objectsOf(order['taxes']).some(({ type }) => type === 'INCLUSIVE')
  const charges = objectsOf(order['service_charges'])
    .filter((charge) => charge['treatment_type'] !== 'APPORTIONED_TREATMENT')
    .map((charge) => chargeOf(charge, amountsIncludeTax))
  const tip = moneyOf(order['total_tip_money'])
  const isShipping = ({ title }: Charge) => /\b(shipping|delivery|postage)\b/i.test(title)
  return {
    amountsIncludeTax,
    lines: objectsOf(order['line_items']).map((line, index) => lineOf(line, index, amountsIncludeTax)),
    shipping: charges.filter(isShipping),
    fees: [
      ...charges.filter((charge) => !isShipping(charge)),
      ...(tip.eq(0) ? [] : [{ title: 'Tip', amount: decimalText(tip), tax: '0' }]),
    ],
    discounts: [],
  }
}

function lineOf(line: JsonObject, index: number, withTax: boolean): OrderLine {
  const quantity = decimalOf(line['quantity'])
  const tax = moneyOf(line['total_tax_money'])
  const discount = moneyOf(line['total_discount_money'])
  const total = moneyOf(line['total_money']).minus(withTax ? new Big(0) : tax)
  return {
    id: textOf(line['uid']) ?? `line-${index + 1}`,
    name: firstText(line['name'], line['note']) ?? 'Item',
    variant: textOf(line['variation_name']),
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPriceOf(line, total.plus(discount), quantity)),
    discount: decimalText(discount),
    tax: decimalText(tax),
    total: decimalText(total),
    attributes: attributesOf(line),
  }
}

/**
 * Options with a price of their own (`modifiers`) are part of it. Where the stated prices do not make the amount, because
 * a tax is mixed into it, the price is what the amount comes to.
 */
function unitPriceOf(line: JsonObject, gross: Big, quantity: Big): Big {
  const base = moneyOf(line['base_price_money'])
  if (quantity.eq(0)) return base
  const options = sumOf(objectsOf(line['modifiers']).map((option) => moneyOf(option['total_price_money'])))
  const stated = base.plus(options.div(quantity))
  const digits = minorDigitsOf(textOf(objectOf(line['total_money'])['currency']) ?? '')
  const isStated = roundTo(stated.times(quantity), digits).eq(gross)
  return (isStated ? stated : gross.div(quantity)).round(UNIT_PRICE_DIGITS)
}

function attributesOf(line: JsonObject): OrderLine['attributes'] {
  const options = objectsOf(line['modifiers']).flatMap(({ name }) => textOf(name) ?? [])
  const note = line['name'] === undefined ? undefined : textOf(line['note'])
  return [
    ...options.map((value) => ({ name: 'Option', value })),
    ...(note === undefined ? [] : [{ name: 'Note', value: note }]),
  ]
}

function chargeOf(charge: JsonObject, withTax: boolean): Charge {
  const tax = moneyOf(charge['total_tax_money'])
  const amount = moneyOf(charge['total_money']).minus(withTax ? new Big(0) : tax)
  return {
    title: textOf(charge['name']) ?? 'Service charge',
    amount: decimalText(amount),
    tax: decimalText(tax),
  }
}
