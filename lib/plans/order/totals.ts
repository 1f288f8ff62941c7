import type { Fields, FieldValue, Totals } from '../../crm/plan.ts'
import { Big, decimalText } from '../../values/money.ts'
import type { Amounts, QuoteLine } from './amounts.ts'
import type { OrderLife } from './life.ts'
import { LINES, textOf, totalOf } from './lines.ts'
import type { FullMapping } from './mapping.ts'

/** What the quote has to come to, and what is written where the CRM does not add up itself. */
export function totalsOf(
  life: OrderLife,
  amounts: Amounts,
  currency: FieldValue,
  mapping: FullMapping,
): Totals {
  const { header, digits, gross, lines } = amounts
  const { tax, shipping, fees, totals } = mapping
  return {
    expected: {
      quot_grossamt: decimalText(gross),
      ...(tax === 'header' && { quot_tax: decimalText(header.tax) }),
      ...((shipping === 'header' || fees === 'header') && { quot_freight: decimalText(header.freight) }),
    },
    digits,
    lineTotal: LINE_TOTAL,
    lines: lines.map((line, index) => ({
      number: index + 1,
      text: textOf(line),
      total: decimalText(totalOf(line)),
    })),
    addedUpBy: totals === 'written' ? 'us' : totals,
    sums: ['quot_nettamt', 'quot_grossamt'],
    written: writtenTotals(life, amounts, currency, mapping),
    mark: { field: 'quot_description', text: `TOTALS DIFFER: ${descriptionOf(life.order)}` },
  }
}

const LINE_TOTAL = 'quit_quotedpricetotal'

export function descriptionOf({ number, shop }: OrderLife['order']): string {
  return `Order ${number} (${shop})`
}

/** By the names of the steps: what Sage CRM's own screens would make of the lines, in the quote and its opportunity. */
function writtenTotals(
  { state }: OrderLife,
  { net, gross, header, lines }: Amounts,
  currency: FieldValue,
  { inactive }: FullMapping,
): Totals['written'] {
  const amount = amountIn(currency)
  const counting = inactive.includes(state) ? new Big(0) : gross
  const ofLines = lines.map((line: QuoteLine, index): [string, Fields] => [
    `${LINES}${index + 1}`,
    amount(LINE_TOTAL, totalOf(line)),
  ])
  return {
    ...Object.fromEntries(ofLines),
    opportunity: { ...amount('oppo_totalquotes', counting), ...amount('oppo_total', counting) },
    quote: {
      ...amount('quot_nettamt', net),
      ...amount('quot_nodiscamt', net),
      ...amount('quot_lineitemdisc', new Big(0)),
      ...amount('quot_discountamt', header.discount),
      ...amount('quot_grossamt', gross),
    },
  }
}

/** An amount and its currency beside it. */
export function amountIn(currency: FieldValue) {
  return (field: string, value: Big): Record<string, FieldValue> => ({
    [field]: decimalText(value),
    [`${field}_cid`]: currency,
  })
}
