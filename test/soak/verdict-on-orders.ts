import { unitsOf } from '../../simulation/crm-documents.ts'
import { SENDERS } from './deliveries.ts'
import type { Row } from './emulated-crm.ts'
import { type ExpectedLine, expectedQuote } from './expected-quote.ts'
import {
  exactlyOne,
  type Findings,
  markedFindings,
  NOTHING,
  none,
  noteFindings,
  same,
  together,
} from './findings.ts'
import type { ShopOrder } from './orders.ts'
import { by, emailsOf, notesOf, type Tables } from './tables.ts'

const OPPORTUNITY_COLUMNS = { marker: 'oppo_customerref', said: 'oppo_description' }

/** Every order is one opportunity with one quote, which is as the last state of the order says. */
export function orderFindings(tables: Tables, orders: readonly ShopOrder[]): Findings {
  const look = lookInto(tables)
  return together([
    ...orders.map((order) => findingsOf(order, look)),
    markedFindings('opportunity', look.ours, OPPORTUNITY_COLUMNS, orders.map(descriptionOf)),
  ])
}

type Look = ReturnType<typeof lookInto>

function lookInto(tables: Tables) {
  const ours = tables.Opportunity.filter(({ oppo_customerref: marker }) => Boolean(marker))
  return {
    ours,
    opportunities: by('oppo_description', ours),
    quotes: by('quot_opportunityid', tables.Quotes),
    lines: by('quit_orderquoteid', tables.QuoteItems),
    notes: notesOf(tables, 'Opportunity'),
    tasks: by('comm_opportunityid', tables.Communication),
    emails: emailsOf(tables),
    companies: new Map(tables.Company.map(({ $key, comp_name: name }) => [String($key), name])),
  }
}

function descriptionOf({ id }: ShopOrder): string {
  return `Order ${id} (${SENDERS.orders})`
}

function findingsOf(order: ShopOrder, look: Look): Findings {
  const what = `order ${order.id}`
  const found = look.opportunities.get(descriptionOf(order)) ?? []
  const [opportunity] = found
  const id = String(opportunity?.['$key'])
  return together([
    exactlyOne(`opportunity of ${what}`, found),
    opportunity === undefined ? NOTHING : opportunityFindings(what, opportunity, order, look),
    noteFindings(what, look.notes.get(id) ?? [], `Total ${expectedQuote(order).total} EUR`),
    quoteFindings(what, look.quotes.get(id) ?? [], order, look),
    // Nobody works on the quotes of the soak.
    none(`task of ${what}`, look.tasks.get(id) ?? []),
  ])
}

function opportunityFindings(what: string, row: Row, order: ShopOrder, { emails, companies }: Look) {
  const { stage, total } = expectedQuote(order)
  const { email, company } = order
  return same(`opportunity of ${what}`, {
    stage: [row['oppo_stage'], stage],
    forecast: [unitsOf(row['oppo_forecast']), unitsOf(total)],
    ...(email !== undefined && { person: [emails.get(String(row['oppo_primarypersonid'])), email] }),
    ...(company !== undefined && {
      company: [companies.get(String(row['oppo_primarycompanyid'])), company],
    }),
  })
}

function quoteFindings(what: string, found: readonly Row[], order: ShopOrder, { lines }: Look): Findings {
  const { status, total, lines: expected } = expectedQuote(order)
  const [quote] = found
  return together([
    exactlyOne(`quote of ${what}`, found),
    lineFindings(what, expected, lines.get(String(quote?.['$key'])) ?? []),
    quote === undefined
      ? NOTHING
      : same(`quote of ${what}`, {
          description: [quote['quot_description'], descriptionOf(order)],
          status: [quote['quot_status'], status],
          gross: [unitsOf(quote['quot_grossamt']), unitsOf(total)],
        }),
  ])
}

function lineFindings(what: string, expected: readonly ExpectedLine[], found: readonly Row[]): Findings {
  const numbered = by('quit_linenumber', found)
  const wanted = new Set(expected.map((_, index) => String(index + 1)))
  return together([
    ...expected.map((line, index) => {
      const rows = numbered.get(String(index + 1)) ?? []
      const name = `line ${index + 1} of ${what}`
      const [first] = rows
      return together([
        exactlyOne(name, rows),
        first === undefined
          ? NOTHING
          : same(name, {
              type: [first['quit_linetype'], line.type],
              text: [first['quit_description'], line.text],
              quantity: [unitsOf(first['quit_quantity']), unitsOf(line.quantity)],
              price: [unitsOf(first['quit_quotedprice']), unitsOf(line.price)],
            }),
      ])
    }),
    none(
      `line too many of ${what}`,
      found.filter((row) => !wanted.has(String(row['quit_linenumber']))),
    ),
  ])
}
