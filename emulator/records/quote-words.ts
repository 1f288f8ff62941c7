/** Quotes and orders have the same columns under other prefixes. */
export type DocumentWords = {
  readonly table: string
  readonly prefix: string
  readonly id: string
  readonly items: string
  readonly itemPrefix: string
  readonly itemId: string
  /** The opportunity's total of such documents, without its prefix. */
  readonly opportunityTotal: 'totalQuotes' | 'TotalOrders'
}

export const QUOTE_WORDS: DocumentWords = {
  table: 'Quotes',
  prefix: 'Quot',
  id: 'Quot_OrderQuoteID',
  items: 'QuoteItems',
  itemPrefix: 'QuIt',
  itemId: 'QuIt_LineItemID',
  opportunityTotal: 'totalQuotes',
}

export const ORDER_WORDS: DocumentWords = {
  table: 'Orders',
  prefix: 'Orde',
  id: 'Orde_OrderQuoteID',
  items: 'OrderItems',
  itemPrefix: 'OrIt',
  itemId: 'OrIt_LineItemID',
  opportunityTotal: 'TotalOrders',
}

/** The columns that the server fills in when roll-ups are on, and that anybody may write when they are off. */
const HEADER_TOTALS = ['DiscountAmt', 'LineItemDisc', 'NoDiscAmt', 'NettAmt', 'GrossAmt']
const LINE_TOTALS = ['ListPrice', 'QuotedPriceTotal', 'Discount', 'DiscountSum']
const OPPORTUNITY_TOTALS = ['oppo_totalquotes', 'oppo_totalorders', 'oppo_total', 'oppo_nodiscamtsum']

const TOTALS: ReadonlySet<string> = new Set([
  ...[QUOTE_WORDS, ORDER_WORDS].flatMap(({ prefix, itemPrefix }) => [
    ...HEADER_TOTALS.map((name) => `${prefix}_${name}`.toLowerCase()),
    ...LINE_TOTALS.map((name) => `${itemPrefix}_${name}`.toLowerCase()),
  ]),
  ...OPPORTUNITY_TOTALS,
])

/** Whether a column is one of the totals, or the currency beside one. */
export function isTotal(column: string): boolean {
  return TOTALS.has(column.toLowerCase().replace(/_cid$/, ''))
}
