import type { Row } from './emulated-crm.ts'

/** Columns the verdict looks at, in lower case. */
const COLUMNS = {
  Cases: ['case_description', 'case_customerref', 'case_primarypersonid'],
  Notes: ['note_foreignid', 'note_foreigntableid', 'note_note'],
  Company: ['comp_name'],
  vPerson: ['pers_personid', 'pers_emailaddress'],
  Opportunity: [
    'oppo_description',
    'oppo_customerref',
    'oppo_stage',
    'oppo_forecast',
    'oppo_primarycompanyid',
    'oppo_primarypersonid',
  ],
  Quotes: ['quot_opportunityid', 'quot_description', 'quot_status', 'quot_grossamt'],
  QuoteItems: [
    'quit_orderquoteid',
    'quit_linenumber',
    'quit_linetype',
    'quit_description',
    'quit_quantity',
    'quit_quotedprice',
  ],
  Communication: ['comm_opportunityid', 'comm_subject'],
} as const
type Entity = keyof typeof COLUMNS

/** Every record of the entities there can be records of ours of, by column names in lower case; `$key` is the id. */
export type Tables = Readonly<Record<Entity, readonly Row[]>>

/** @param all reads every record of an entity */
export async function readTables(
  all: (entity: string, columns: readonly string[]) => Promise<readonly Row[]>,
): Promise<Tables> {
  const entities = Object.entries(COLUMNS) as [Entity, readonly string[]][]
  const tables = entities.map(async ([entity, columns]) => {
    return { [entity]: (await all(entity, columns)).map(withLowerCaseNames) }
  })
  return Object.assign({}, ...(await Promise.all(tables))) as Tables
}

function withLowerCaseNames(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
}

/** The records by what a column says. */
export function by(column: string, rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => String(row[column] ?? ''))
}

/** The numbers of the tables in a stock Sage CRM. */
const TABLE_IDS = { Cases: 3, Opportunity: 10 } as const

/** The notes of one kind of record, by the id of that. */
export function notesOf({ Notes: notes }: Tables, owner: keyof typeof TABLE_IDS) {
  const ours = notes.filter((note) => Number(note['note_foreigntableid']) === TABLE_IDS[owner])
  return by('note_foreignid', ours)
}

/** Addresses by the id of the person. */
export function emailsOf({ vPerson: persons }: Tables): ReadonlyMap<string, string> {
  return new Map(persons.map((row) => [String(row['pers_personid']), String(row['pers_emailaddress'])]))
}
