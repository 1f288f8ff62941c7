import type { CrmRecord, CrmTables } from './crm-tables.ts'

/** Amounts are kept with six decimals (numeric(24,6)): whole numbers of millionths here. */
const UNITS = 1_000_000

/** An amount as the number of its millionths. */
export function unitsOf(amount: unknown): number {
  return Math.round(Number(amount ?? 0) * UNITS)
}

/** What the CRM works out by itself when a quote or one of its lines is written or goes. */
export function rollUp(tables: CrmTables, { entity, id, fields }: CrmRecord): void {
  if (entity === 'QuoteItems') {
    const total = Number(fields.get('quit_quantity') ?? 0) * unitsOf(fields.get('quit_quotedprice'))
    fields.set('quit_quotedpricetotal', amountOf(total))
  }
  const quote = entity === 'Quotes' ? id : String(fields.get('quit_orderquoteid'))
  const head = entity === 'Quotes' || entity === 'QuoteItems' ? tables.get('Quotes', quote) : undefined
  if (head === undefined) return
  const net = linesOf(tables, quote).reduce(
    (sum, line) => sum + unitsOf(line.fields.get('quit_quotedpricetotal')),
    0,
  )
  head.fields.set('quot_nettamt', amountOf(net))
  head.fields.set('quot_grossamt', amountOf(net - unitsOf(head.fields.get('quot_discountamt'))))
}

/** The lines of a quote that are there. */
export function linesOf(tables: CrmTables, quote: string): CrmRecord[] {
  return tables.find('QuoteItems', { op: 'eq', field: 'quit_orderquoteid', value: quote })
}

function amountOf(units: number): string {
  return (units / UNITS).toFixed(6)
}
