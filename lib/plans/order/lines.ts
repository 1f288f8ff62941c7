import type { FieldValue, Known, Step } from '../../crm/plan.ts'
import { NO_CURRENCY } from '../../events/order.ts'
import { type Big, decimalText } from '../../values/money.ts'
import type { QuoteLine } from './amounts.ts'
import { definite } from './definite.ts'
import type { FullMapping } from './mapping.ts'

export const LINES = 'line-'

/** The id of a currency in the CRM: configured, or that of the record with its code. */
export function currencyId(code: string, { currencies }: FullMapping): FieldValue | undefined {
  return code === NO_CURRENCY ? undefined : (currencies[code] ?? { ref: 'currency' })
}

/** The CRM's record of the currency; a quote in another one would be wrong without anybody noticing. */
export function currencyOf(code: string, { currencies }: FullMapping): Known[] {
  if (code === NO_CURRENCY || currencies[code] !== undefined) return []
  const required = `the CRM has no currency ${code}: add it there, or name its id in order.currencies`
  return [{ as: 'currency', resource: 'Currency', field: 'curr_symbol', value: code, required }]
}

/** The products of the lines by their codes, and what each costs in the quote's list and currency: that has its unit. */
export function productsOf(
  lines: readonly QuoteLine[],
  currency: FieldValue,
  { priceListId }: FullMapping,
): Known[] {
  const codes = [...new Set(lines.flatMap(({ sku }) => sku ?? []))]
  return codes.flatMap((sku): Known[] => [
    {
      as: productAs(sku),
      resource: 'NewProduct',
      field: 'prod_code',
      value: sku,
      and: { prod_active: true },
    },
    {
      as: priceAs(sku),
      resource: 'Pricing',
      field: 'pric_productid',
      value: { ref: productAs(sku) },
      and: definite({
        pric_active: true,
        pric_price_cid: currency,
        pric_pricinglistid: priceListId,
      }),
      carry: { unit: 'pric_uomid' },
    },
  ])
}

function productAs(sku: string): string {
  return `product ${sku.toLowerCase()}`
}

function priceAs(sku: string): string {
  return `price ${sku.toLowerCase()}`
}

/**
 * The lines of the quote, numbered from 1. A product of the CRM is a line of type i, with its unit; whatever is not is free
 * text and keeps its code in the text.
 */
export function lineSteps(lines: readonly QuoteLine[], currency: FieldValue, mapping: FullMapping): Step[] {
  return lines.map((line, index) => lineStep(line, index + 1, currency, mapping))
}

function lineStep(line: QuoteLine, number: number, currency: FieldValue, mapping: FullMapping): Step {
  const { sku, quantity, price } = line
  const converging = definite({
    ...productFields(line, mapping),
    quit_quantity: decimalText(quantity),
    quit_quotedprice: decimalText(price),
  })
  return {
    as: `${LINES}${number}`,
    resource: 'QuoteItems',
    needs: ['quote', 'opportunity', ...(sku === undefined ? [] : [productAs(sku), priceAs(sku)])],
    line: true,
    match: { by: 'equal', fields: ['quit_orderquoteid', 'quit_linenumber'] },
    create: {
      quit_orderquoteid: { ref: 'quote' },
      quit_opportunityid: { ref: 'opportunity' },
      quit_linenumber: number,
      quit_quotedprice_cid: currency,
      ...converging,
    },
    update: converging,
    ...(mapping.editedQuotes === 'overwrite' && { overwrite: true as const }),
  }
}

/** A product without a price has no unit, and without one it cannot be a line of type i: `uomId` may name one for all. */
function productFields({ sku, text }: QuoteLine, { uomId }: FullMapping) {
  const free = { fit: sku === undefined ? text : `${text} (${sku})` }
  if (sku === undefined) return { quit_linetype: 'f', quit_description: free }
  const condition = uomId === undefined ? priceAs(sku) : productAs(sku)
  const unit: FieldValue = { ref: priceAs(sku), carried: 'unit' }
  const when = (there: FieldValue, otherwise?: FieldValue): FieldValue => ({
    whether: condition,
    there,
    ...(otherwise !== undefined && { otherwise }),
  })
  return {
    quit_linetype: when('i', 'f'),
    quit_productid: when({ ref: productAs(sku) }),
    quit_uomid: when(uomId === undefined ? unit : { whether: priceAs(sku), there: unit, otherwise: uomId }),
    quit_description: when({ fit: text }, free),
  }
}

export function textOf({ sku, text }: QuoteLine): string {
  return sku === undefined ? text : `${text} (${sku})`
}

export function totalOf({ quantity, price }: QuoteLine): Big {
  return quantity.times(price)
}
