import type { Charge, OrderLine } from '../../events/order.ts'
import { type Big, decimalText, sumOf, ZERO } from '../../values/money.ts'
import { decimalOf, firstText, type JsonObject, objectsOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

export type Attribute = { readonly name: string; readonly value: string }

/** What is taken off a line, before anybody knows it is one of an order or of a draft. */
type DiscountOf = (line: JsonObject) => Big

export function lineOf(line: JsonObject, index: number, discountOf: DiscountOf): OrderLine {
  const quantity = decimalOf(line['quantity'])
  const unitPrice = decimalOf(line['price'])
  const discount = discountOf(line)
  return {
    id: textOf(line['id']) ?? `line-${index + 1}`,
    sku: textOf(line['sku']),
    name: firstText(line['title'], line['name'], line['sku']) ?? 'Item',
    variant: variantOf(line),
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    discount: decimalText(discount),
    tax: decimalText(taxOf(line)),
    total: decimalText(quantity.times(unitPrice).minus(discount)),
    attributes: attributesOf(line['properties']),
  }
}

/** A product without variants has one of this title. */
function variantOf(line: JsonObject): string | undefined {
  const title = textOf(line['variant_title'])
  return title === 'Default Title' ? undefined : title
}

/** `total_discount` often says 0.00 where the allocations hold the discount; before 2018 there are no allocations. */
export function allocatedDiscount(line: JsonObject): Big {
  const allocations = objectsOf(line['discount_allocations'])
  const allocated = sumOf(allocations.map(({ amount }) => decimalOf(amount)))
  return allocated.eq(ZERO) ? decimalOf(line['total_discount']) : allocated
}

export function taxOf(line: JsonObject): Big {
  return sumOf(objectsOf(line['tax_lines']).map(({ price }) => decimalOf(price)))
}

/**
 * `[{ name, value }]`, which may be empty, `{}` or a lone object. Names that begin with `_` are for apps and not shown to
 * buyers (Shopify's convention for line item properties).
 */
export function attributesOf(properties: Json | undefined): Attribute[] {
  return objectsOf(properties).flatMap((property) => {
    const name = textOf(property['name'])
    const value =
      typeof property['value'] === 'boolean' ? String(property['value']) : textOf(property['value'])
    return name === undefined || value === undefined || name.startsWith('_') ? [] : [{ name, value }]
  })
}

/** The shipping of an order after its discounts; what was taken off it by an edit does not count. */
export function shippingOf(lines: Json | undefined): (Charge & { readonly discount: Big })[] {
  const kept = objectsOf(lines).filter((line) => line['is_removed'] !== true)
  return kept.map((line) => {
    const price = decimalOf(line['price'])
    const discount = shippingDiscount(line, price)
    return {
      title: firstText(line['title'], line['code']) ?? 'Shipping',
      amount: decimalText(price.minus(discount)),
      tax: decimalText(taxOf(line)),
      discount,
    }
  })
}

function shippingDiscount(line: JsonObject, price: Big): Big {
  const allocated = allocatedDiscount(line)
  const discounted = textOf(line['discounted_price'])
  return allocated.eq(0) && discounted !== undefined ? price.minus(decimalOf(discounted)) : allocated
}
