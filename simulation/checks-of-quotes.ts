import { linesOf, unitsOf } from './crm-documents.ts'
import type { CrmRecord, CrmTables } from './crm-tables.ts'
import type { ExpectedOrder } from './expected-orders.ts'

type QuoteFindings = { readonly lost: string[]; readonly duplicates: string[]; readonly wrong: string[] }

const RIGHT: QuoteFindings = { lost: [], duplicates: [], wrong: [] }

/**
 * One quote for the opportunity of an order, with the lines of its newest state and their total. What people have worked on
 * is theirs: then nothing is there twice, and what the order has become since is told in a note.
 */
export function checkQuote(tables: CrmTables, opportunity: CrmRecord, order: ExpectedOrder): QuoteFindings {
  const all = tables.ever('Quotes', { op: 'eq', field: 'quot_opportunityid', value: opportunity.id })
  const [quote, ...others] = all
  if (opportunity.deletedAt !== undefined) return RIGHT
  if (quote === undefined) return { ...RIGHT, lost: [`quote of opportunity ${opportunity.id}`] }
  const lines = linesOf(tables, quote.id)
  const duplicates = [
    ...others.map(({ id }) => `Quotes ${id} is another one of opportunity ${opportunity.id}`),
    ...repeated(lines).map((number) => `line ${number} of quote ${quote.id}`),
  ]
  if (quote.deletedAt !== undefined) return { ...RIGHT, duplicates }
  const isLeft = isPeoples(tables, quote) && isTold(tables, opportunity)
  return { lost: [], duplicates, wrong: isLeft ? [] : differences(tables, quote, order) }
}

/** Whether people have written into a quote or one of its lines, or have taken one out. */
export function isPeoples(tables: CrmTables, quote: CrmRecord): boolean {
  const lines = tables.ever('QuoteItems', { op: 'eq', field: 'quit_orderquoteid', value: quote.id })
  return [quote, ...lines].some(({ wasTouched, deletedBy }) => wasTouched || deletedBy === 'people')
}

/** People may have taken the note away as well. */
function isTold(tables: CrmTables, { id }: CrmRecord): boolean {
  const notes = tables.ever('Notes', { op: 'eq', field: 'note_foreignid', value: id })
  return notes.some(({ made }) => String(made['note_note']).includes('so it was left as it is'))
}

function repeated(lines: readonly CrmRecord[]): number[] {
  const numbers = lines.map(numberOf)
  return numbers.filter((number, index) => numbers.indexOf(number) !== index)
}

function numberOf({ fields }: CrmRecord): number {
  return Number(fields.get('quit_linenumber'))
}

/** What people have written or taken out is as they left it. */
function differences(tables: CrmTables, quote: CrmRecord, order: ExpectedOrder): string[] {
  const lines = remaining(tables, quote).toSorted((one, other) => numberOf(one) - numberOf(other))
  const wanted = order.lines.map(({ text, quantity, price }, index) => {
    const own = lines.find((line) => numberOf(line) === index + 1)?.touched.get('quit_description')?.value
    return `${index + 1}: ${quantity} × ${own ?? text}, ${price}`
  })
  const isWhole = lines.every(({ deletedAt }) => deletedAt === undefined)
  const { fields, touched } = quote
  const description = touched.get('quot_description')?.value ?? `Order ${order.newest.number} (shop)`
  const told = [
    ['lines', wanted.join(' | '), lines.map(lineText).join(' | ')],
    ...(isWhole ? [['gross', order.gross, unitsOf(fields.get('quot_grossamt'))]] : []),
    ['status', order.status, fields.get('quot_status')],
    ['description', description, fields.get('quot_description')],
  ]
  return told.flatMap(([what, should, is]) =>
    should === is
      ? []
      : [`quote ${quote.id} of ${order.newest.number}: ${what} is ${is} instead of ${should}`],
  )
}

/**
 * The lines that are there, and those that people took out: a state of the order that has no such line makes us forget it, and
 * a later one that has it once more makes it anew.
 */
function remaining(tables: CrmTables, quote: CrmRecord): CrmRecord[] {
  const lines = tables.ever('QuoteItems', { op: 'eq', field: 'quit_orderquoteid', value: quote.id })
  const there = lines.filter(({ deletedAt }) => deletedAt === undefined)
  const isAnew = (line: CrmRecord) => there.some((other) => numberOf(other) === numberOf(line))
  const takenOut = lines.filter((line) => line.deletedBy === 'people' && !isAnew(line))
  return [...there, ...takenOut]
}

function lineText(line: CrmRecord): string {
  const { fields } = line
  const amount = (field: string) => unitsOf(fields.get(field))
  return `${numberOf(line)}: ${amount('quit_quantity')} × ${fields.get('quit_description')}, ${amount('quit_quotedprice')}`
}
