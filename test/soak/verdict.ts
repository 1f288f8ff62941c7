import type { EmulatedCrm, Row } from './emulated-crm.ts'
import type { Submission } from './submissions.ts'

export type CrmCount = {
  /** Submissions without a case, a note, their person or their company. */
  readonly lost: number
  /** By entity: records beyond the first with the same identity. */
  readonly duplicates: Readonly<Record<string, number>>
  /** Cases that are linked to another person than the one that wrote. */
  readonly misplaced: number
  /** Records the run had to make. */
  readonly needed: number
}

const DESCRIPTION = 'Soak: '
const EMAIL_PART = '@example.com'

/** Counts what the CRM contains, by words the senders chose and by the marker, without any code of the pipe. */
export async function countCrm(crm: EmulatedCrm, submissions: readonly Submission[]): Promise<CrmCount> {
  const fields = ['Case_Description', 'Case_CustomerRef', 'Case_PrimaryPersonId']
  const cases = (await crm.all('Cases', fields)).filter(({ Case_CustomerRef: marker }) => Boolean(marker))
  const notes = await crm.all('Notes', ['Note_ForeignId', 'Note_Note'])
  const companies = await crm.all('Company', ['Comp_Name'])
  const persons = await crm.all('vPerson', ['Pers_PersonId', 'Pers_EmailAddress'])
  const names = companies.map((row) => String(row['Comp_Name'])).filter((name) => name.startsWith('Company '))
  const emails = persons
    .map((row) => String(row['Pers_EmailAddress']))
    .filter((email) => email.endsWith(EMAIL_PART))
  const descriptions = cases.map((row) => String(row['Case_Description']))
  const tellings = notes.map(toldBy)
  const expected = expectations(submissions)
  const missing = [
    ...missingOf(
      expected.messages.map((message) => DESCRIPTION + message),
      descriptions,
    ),
    ...missingOf(
      cases.map((row) => `${row['$key']} submission`),
      tellings,
    ),
    ...missingOf(expected.companies, names),
    ...missingOf(expected.emails, emails),
  ]
  return {
    lost: missing.length,
    duplicates: {
      'cases by description': repeated(descriptions),
      'cases by marker': repeated(cases.map((row) => String(row['Case_CustomerRef']))),
      'notes by case and what they tell': repeated(tellings),
      'companies by name': repeated(names),
      'persons by e-mail': repeated(emails),
    },
    misplaced: misplacedOf(cases, persons, submissions),
    needed: 2 * submissions.length + expected.companies.length + expected.emails.length,
  }
}

/** One note of a case has the submission, and one each may tell what it says otherwise of its person and its company. */
function toldBy(note: Row): string {
  const [, of = 'submission'] = / says otherwise of the (\w+) /.exec(String(note['Note_Note'])) ?? []
  return `${note['Note_ForeignId']} ${of}`
}

function expectations(submissions: readonly Submission[]) {
  return {
    messages: submissions.map(({ message }) => message),
    companies: [...new Set(submissions.flatMap(({ company }) => company ?? []))],
    emails: [...new Set(submissions.flatMap(({ email }) => email ?? []))],
  }
}

function missingOf(expected: readonly string[], found: readonly string[]): string[] {
  const there = new Set(found)
  return expected.filter((one) => !there.has(one))
}

function repeated(found: readonly string[]): number {
  return found.length - new Set(found).size
}

function misplacedOf(cases: readonly Row[], persons: readonly Row[], submissions: readonly Submission[]) {
  const emailOf = new Map(persons.map((row) => [String(row['Pers_PersonId']), row['Pers_EmailAddress']]))
  const wanted = new Map(submissions.map(({ message, email }) => [DESCRIPTION + message, email]))
  return cases.filter((row) => {
    const email = wanted.get(String(row['Case_Description']))
    return email !== undefined && emailOf.get(String(row['Case_PrimaryPersonId'])) !== email
  }).length
}
