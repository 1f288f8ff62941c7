import type { OrderLine } from '../../events/order.ts'
import { type Big, decimalText, roundTo } from '../../values/money.ts'
import { decimalOf, type JsonObject, objectsOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'
import { plainText } from './text.ts'

/** Of a unit price: `price` itself is a float (10.799999999999999), so it is made from the line's own amounts. */
const UNIT_PRICE_DIGITS = 6

/**
 * The lines of an order; their amounts never contain tax. A bundle and what it is made of are lines beside each other,
 * each with the amount it adds to the total, so that nothing is counted twice: the parts say what they are part of.
 */
export function linesOf(value: Json | undefined): OrderLine[] {
  const lines = objectsOf(value)
  const names = new Map(lines.map((line) => [textOf(line['id']), plainText(line['name'])]))
  return lines.map((line, index) => lineOf(line, index, names.get(parentOf(line))))
}

function lineOf(line: JsonObject, index: number, partOf: string | undefined): OrderLine {
  const [quantity, subtotal, total] = ['quantity', 'subtotal', 'total'].map((key) =>
    decimalOf(line[key]),
  ) as [Big, Big, Big]
  const chosen = attributesOf(line['meta_data'])
  return {
    id: textOf(line['id']) ?? `line-${index + 1}`,
    sku: plainText(line['sku']),
    ...nameOf(line),
    quantity: decimalText(quantity),
    unitPrice: decimalText(quantity.eq(0) ? subtotal : roundTo(subtotal.div(quantity), UNIT_PRICE_DIGITS)),
    discount: decimalText(subtotal.minus(total)),
    tax: decimalText(decimalOf(line['total_tax'])),
    total: decimalText(total),
    attributes: partOf === undefined ? chosen : [...chosen, { name: 'Part of', value: partOf }],
  }
}

/** The names of the plugins Product Bundles and Composite Products; blank or zero for a line of its own. */
function parentOf(line: JsonObject): string | undefined {
  return textOf(line['bundled_by']) ?? textOf(line['composite_parent'])
}

/** A variation is named `parent - values`. */
function nameOf(line: JsonObject): { readonly name: string; readonly variant?: string } {
  const name = plainText(line['name']) ?? plainText(line['sku']) ?? 'Item'
  const prefix = `${plainText(line['parent_name']) ?? ''} - `
  const isVariation = prefix.length > 3 && name.startsWith(prefix) && name.length > prefix.length
  return isVariation ? { name: prefix.slice(0, -3), variant: name.slice(prefix.length) } : { name }
}

/** Meta data people see: of keys without a leading `_`, those whose value is a text. HTML made for screens is passed over. */
export function attributesOf(
  metaData: Json | undefined,
): { readonly name: string; readonly value: string }[] {
  return objectsOf(metaData).flatMap((meta) => {
    const key = textOf(meta['key'])
    const shown = plainText(meta['display_value'])
    const value = shown === undefined || /<[a-z/]/i.test(shown) ? plainText(meta['value']) : shown
    if (key === undefined || key.startsWith('_') || value === undefined) return []
    return [{ name: plainText(meta['display_key']) ?? key, value }]
  })
}
