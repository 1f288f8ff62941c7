import type { OrderLine, OrderSnapshot } from '../../events/order.ts'
import { type Big, decimalText, sumOf } from '../../values/money.ts'
import {
  decimalOf,
  firstText,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'

/** In the currency of the books where there is such an amount. Numbers come as numbers and as `"700.000000"`. */
export function amountOf(object: JsonObject, name: string): Big {
  const base = object[`base_${name}`]
  return decimalOf(base === undefined || base === null ? object[name] : base)
}

/**
 * What was ordered. A configurable product and a bundle are a line with their price, followed by lines of what was chosen,
 * which name it as their parent: those say more of it and are not counted.
 */
export function linesOf(order: JsonObject): OrderLine[] {
  const items = objectsOf(order['items'])
  const ids = new Set(items.map(idOf))
  const children = (parent: string | undefined) =>
    items.filter((item) => parent !== undefined && parentOf(item) === parent)
  return items
    .filter((item) => !ids.has(parentOf(item) ?? ''))
    .map((item, index) => lineOf(item, children(idOf(item)), index))
}

function idOf(item: JsonObject): string | undefined {
  return firstText(item['item_id'], item['id'], item['quote_item_id'])
}

function parentOf(item: JsonObject): string | undefined {
  const parent = item['parent_item']
  return firstText(item['parent_item_id'], isObject(parent) ? idOf(parent) : undefined)
}

/** Tax and discount of a bundle may stand with what is in it alone. */
function lineOf(item: JsonObject, children: readonly JsonObject[], index: number): OrderLine {
  const ownOrTheirs = (name: string) => {
    const own = amountOf(item, name)
    return own.eq(0) ? sumOf(children.map((child) => amountOf(child, name))) : own
  }
  const rowTotal = amountOf(item, 'row_total')
  const discount = ownOrTheirs('discount_amount').abs().minus(ownOrTheirs('discount_tax_compensation_amount'))
  return {
    id: idOf(item) ?? `line-${index + 1}`,
    sku: textOf(item['sku']),
    name: firstText(item['name'], item['sku']) ?? 'Item',
    quantity: decimalText(decimalOf(item['qty_ordered'])),
    unitPrice: decimalText(amountOf(item, 'price')),
    discount: decimalText(discount),
    tax: decimalText(ownOrTheirs('tax_amount')),
    total: decimalText(rowTotal.minus(discount)),
    attributes: attributesOf(item),
  }
}

/** What was chosen (`attributes_info`) and what was written or picked besides (`options`). */
function attributesOf(item: JsonObject): OrderLine['attributes'] {
  const options = objectOf(item['product_options'])
  return [...objectsOf(options['attributes_info']), ...objectsOf(options['options'])].flatMap((option) => {
    const [name, value] = [textOf(option['label']), firstText(option['print_value'], option['value'])]
    return name === undefined || value === undefined ? [] : [{ name, value }]
  })
}

/** What reduces the total and is in no line: means of payment that Adobe takes off before it says what is to be paid. */
const TAKEN_OFF = [
  ['Gift card', 'gift_cards_amount'],
  ['Store credit', 'customer_balance_amount'],
  ['Reward points', 'reward_currency_amount'],
] as const

export function partsOf(order: JsonObject): Pick<OrderSnapshot, 'shipping' | 'fees' | 'discounts'> {
  const discount = amountOf(order, 'shipping_discount_amount')
    .abs()
    .minus(amountOf(order, 'shipping_discount_tax_compensation_amnt'))
  const shipping = amountOf(order, 'shipping_amount').minus(discount)
  return {
    shipping: shipping.eq(0)
      ? []
      : [
          {
            title: textOf(order['shipping_description']) ?? 'Shipping',
            amount: decimalText(shipping),
            tax: decimalText(amountOf(order, 'shipping_tax_amount')),
          },
        ],
    fees: [],
    discounts: TAKEN_OFF.map(([title, name]) => ({ title, amount: amountOf(order, name).abs() }))
      .filter(({ amount }) => !amount.eq(0))
      .map(({ title, amount }) => ({ title, amount: decimalText(amount) })),
  }
}
