import type { Document, FieldValue, Plan, Step } from '../../lib/crm/plan.ts'
import { type Applying, startApplying } from './applying.ts'
import { addToCrm } from './crm.ts'

/** A line of free text, or (c) a comment. `needs`: what it refers to besides the quote. */
export type PlainLine = {
  readonly text: FieldValue
  readonly price?: string
  readonly type?: 'f' | 'c'
  readonly needs?: readonly string[]
}

/** A quote of the opportunity and its lines, as small as they can be. `total` is what the quote has to come to. */
function quoteOf(
  opportunity: number,
  lines: readonly PlainLine[],
  total: string,
  more: Partial<Document> = {},
): QuotePlan {
  const totals = { ...DOCUMENT.totals, expected: { quot_grossamt: total } }
  return {
    steps: [
      headStep(opportunity, total),
      ...lines.map((line, index) => lineStep(opportunity, line, index + 1)),
    ],
    document: { ...DOCUMENT, totals, ...more },
  }
}

function headStep(opportunity: number, total: string): Step {
  const update = { quot_description: `Comes to ${total}` }
  return {
    as: 'quote',
    resource: 'Quotes',
    needs: [],
    match: { by: 'equal', fields: ['quot_opportunityid'] },
    create: { quot_opportunityid: opportunity, ...update },
    update,
  }
}

function lineStep(opportunity: number, line: PlainLine, number: number): Step {
  const { text, price = '0', type = 'f', needs = [] } = line
  const update = { quit_linetype: type, quit_description: text, quit_quantity: '1', quit_quotedprice: price }
  const owner = { quit_orderquoteid: { ref: 'quote' }, quit_opportunityid: opportunity }
  return {
    as: `line-${number}`,
    resource: 'QuoteItems',
    needs: ['quote', ...needs],
    line: true,
    match: { by: 'equal', fields: ['quit_orderquoteid', 'quit_linenumber'] },
    create: { ...owner, quit_linenumber: number, ...update },
    update,
  }
}

const DOCUMENT: Document = {
  head: 'quote',
  lines: 'line-',
  lineResource: 'QuoteItems',
  lineOwner: 'quit_orderquoteid',
  lineNumber: 'quit_linenumber',
  fixed: ['quit_linetype'],
  watched: { head: ['quot_description'], line: ['quit_description', 'quit_quotedprice'] },
  edited: 'leave',
  closed: { field: 'quot_status', values: ['Converted'] },
  removed: 'delete',
  zero: { quit_quantity: '0', quit_quotedprice: '0' },
  lineConcurrency: 1,
  totals: {
    expected: {},
    digits: 2,
    lineTotal: 'quit_quotedpricetotal',
    lines: [],
    addedUpBy: 'crm',
    sums: [],
    written: {},
    mark: { field: 'quot_description', text: 'TOTALS DIFFER' },
  },
}

export type QuotePlan = Plan & { readonly document: Document }
export type Quoting = Applying & {
  quoteOf(lines: readonly PlainLine[], total: string, more?: Partial<Document>): QuotePlan
}

/** Plans of a quote over an emulator with an opportunity it can belong to. */
export async function startQuoting(): Promise<Quoting> {
  const test = await startApplying()
  const opportunity = Number(await addToCrm(test.emulator, 'Opportunity', { oppo_description: 'Routers' }))
  return { ...test, quoteOf: (lines, total, more) => quoteOf(opportunity, lines, total, more) }
}
