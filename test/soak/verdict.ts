import type { Row } from './emulated-crm.ts'
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
import type { Submission } from './submissions.ts'
import { by, emailsOf, notesOf, type Tables } from './tables.ts'
import { orderFindings } from './verdict-on-orders.ts'
import type { Visitor } from './visitors.ts'

/** What has happened outside, and what the CRM makes of it. */
export type Happened = { readonly submissions: readonly Submission[]; readonly orders: readonly ShopOrder[] }
export type Verdict = {
  readonly forms: Findings
  readonly orders: Findings
  /** Companies and persons of both. */
  readonly parties: Findings
}

const DESCRIPTION = 'Soak: '
const NAME_PART = 'Company '
const EMAIL_PART = '@example.com'

/** Compares what the CRM contains with what was told, by words the senders chose and by the marker, without any code of the pipe. */
export function verdictOn(tables: Tables, { submissions, orders }: Happened): Verdict {
  return {
    forms: formFindings(tables, submissions),
    orders: orderFindings(tables, orders),
    parties: partyFindings(tables, [...submissions, ...orders]),
  }
}

function formFindings(tables: Tables, submissions: readonly Submission[]): Findings {
  const ours = tables.Cases.filter(({ case_customerref: marker }) => Boolean(marker))
  const cases = by('case_description', ours)
  const notes = notesOf(tables, 'Cases')
  const emails = emailsOf(tables)
  const told = submissions.map(({ message }) => DESCRIPTION + message)
  return together([
    ...submissions.map(({ message, email }) => {
      const found = cases.get(DESCRIPTION + message) ?? []
      const [first] = found
      const what = `case of ${message}`
      return together([
        exactlyOne(what, found),
        noteFindings(what, notes.get(String(first?.['$key'])) ?? [], `message: ${message}`),
        first === undefined || email === undefined
          ? NOTHING
          : same(what, { person: [emails.get(String(first['case_primarypersonid'])), email] }),
      ])
    }),
    markedFindings('case', ours, { marker: 'case_customerref', said: 'case_description' }, told),
  ])
}

/** One company for each name and one person for each address, whoever named them. */
function partyFindings({ Company, vPerson }: Tables, visitors: readonly Visitor[]): Findings {
  const named = by(
    'comp_name',
    Company.filter((row) => String(row['comp_name']).startsWith(NAME_PART)),
  )
  const addressed = by(
    'pers_emailaddress',
    vPerson.filter((row) => String(row['pers_emailaddress']).endsWith(EMAIL_PART)),
  )
  return together([
    ...allOf(
      visitors.flatMap(({ company }) => company ?? []),
      named,
    ),
    ...allOf(
      visitors.flatMap(({ email }) => email ?? []),
      addressed,
    ),
  ])
}

function allOf(expected: readonly string[], found: ReadonlyMap<string, readonly Row[]>): Findings[] {
  const wanted = new Set(expected)
  const surplus = [...found].filter(([key]) => !wanted.has(key)).flatMap(([, rows]) => rows)
  return [
    ...[...wanted].map((key) => exactlyOne(key, found.get(key))),
    none('company or person nobody named', surplus),
  ]
}
