import type { CrmRecord } from './crm.ts'
import type { OrderPipe } from './orders.ts'

/** What a salesperson sees of all that orders have become, without ids, times and markers. */
export async function crmState(pipe: OrderPipe) {
  const [opportunities, quotes, lines, notes, tasks] = await Promise.all(
    ['Opportunity', 'Quotes', 'QuoteItems', 'Notes', 'Communication'].map((entity) => pipe.all(entity)),
  )
  return {
    opportunities: only(opportunities, ['Oppo_Description', 'Oppo_Stage', 'Oppo_Status', 'Oppo_Forecast']),
    quotes: only(quotes, ['Quot_Description', 'Quot_Status', 'Quot_GrossAmt', 'Quot_ShipAddress']),
    lines: only(lines, LINE).toSorted((one, other) => Number(one[0]) - Number(other[0])),
    notes: notes?.map((note) => withoutMarker(note['Note_Note'])),
    tasks: tasks?.map((task) => withoutMarker(task['Comm_Note'])),
  }
}

const LINE = [
  'QuIt_LineNumber',
  'QuIt_LineType',
  'QuIt_Description',
  'QuIt_Quantity',
  'QuIt_QuotedPrice',
  'QuIt_QuotedPriceTotal',
]

function only(records: readonly CrmRecord[] = [], fields: readonly string[]): unknown[][] {
  return records.map((record) => fields.map((field) => record[field]))
}

function withoutMarker(text: unknown): string {
  return String(text).replace(/\n\nsf[a-z2-7]{26}$/, '')
}
