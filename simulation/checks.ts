import { checkEvents, type Ends } from './checks-of-events.ts'
import { checkQuote, isPeoples } from './checks-of-quotes.ts'
import { repeatedAddresses, strayPersons } from './crm-children.ts'
import type { CrmRecord, CrmTables } from './crm-tables.ts'
import { MARKER_FIELDS, TRAILING_FIELDS } from './entities.ts'
import { type Expected, expectedRecords } from './expected.ts'
import type { World } from './world.ts'

/** What came of a run. Every list must be empty. */
export type Findings = {
  readonly lost: readonly string[]
  readonly duplicates: readonly string[]
  readonly unaccounted: readonly string[]
  /** Any other thing that is not as it must be. */
  readonly wrong: readonly string[]
  readonly ends: Ends
}

export async function check(world: World): Promise<Findings> {
  const happened = [...world.happened.values()]
  const byMarker = recordsByMarker(world)
  const expected = expectedRecords(happened)
  const { unaccounted, wrong, ends } = await checkEvents(world)
  const quotes = expected.flatMap(({ marker, order }) => {
    const [opportunity] = byMarker.get(marker) ?? []
    return order === undefined || opportunity === undefined
      ? []
      : [checkQuote(world.crm.tables, opportunity, order)]
  })
  return {
    lost: [...expected.flatMap((one) => missing(one, byMarker)), ...quotes.flatMap(({ lost }) => lost)],
    duplicates: [
      ...[...byMarker].flatMap(([marker, records]) => twice(marker, records)),
      ...twins(world),
      ...quotes.flatMap(({ duplicates }) => duplicates),
    ],
    unaccounted,
    wrong: [
      ...wrong,
      ...world.crm.violations,
      ...quotes.flatMap(({ wrong: ofQuote }) => ofQuote),
      ...expected.flatMap((one) => different(one, byMarker)),
      ...expected.flatMap((one) => misplaced(one, byMarker, world)),
      ...surplus(expected, byMarker, world),
    ],
    ends,
  }
}

export function failures({ lost, duplicates, unaccounted, wrong }: Findings): string[] {
  return [
    ...lost.map((what) => `lost: ${what}`),
    ...duplicates.map((what) => `duplicate: ${what}`),
    ...unaccounted.map((what) => `unaccounted: ${what}`),
    ...wrong,
  ]
}

type ByMarker = ReadonlyMap<string, readonly CrmRecord[]>

/** Every record that was ever made with a marker of ours, those that people deleted as well. */
export function recordsByMarker({ crm }: World): ByMarker {
  const marked = [...Object.keys(MARKER_FIELDS), ...Object.keys(TRAILING_FIELDS)].flatMap((entity) =>
    crm.tables.all(entity),
  )
  return Map.groupBy(marked, markerOfRecord)
}

const MARKER_CHARACTERS = 28
/** The marker as it was written; people may have changed the text since. */
function markerOfRecord({ made, entity }: CrmRecord): string {
  const marker = MARKER_FIELDS[entity]
  if (marker !== undefined) return String(made[marker] ?? '')
  return String(made[TRAILING_FIELDS[entity] ?? ''] ?? '').slice(-MARKER_CHARACTERS)
}

function missing({ entity, marker, under }: Expected, byMarker: ByMarker): string[] {
  const isThere = (byMarker.get(marker) ?? []).length > 0
  const owner = under === undefined ? undefined : byMarker.get(under)?.[0]
  return isThere || owner?.deletedAt !== undefined ? [] : [`${entity} ${marker}`]
}

function twice(marker: string, records: readonly CrmRecord[]): string[] {
  return records
    .slice(1)
    .map(({ entity, id }) => `${entity} ${id} has the marker ${marker} of ${records[0]?.id}`)
}

/** Companies and persons have no marker; their key is their name or address. */
function twins({ crm }: World): string[] {
  const names = Map.groupBy(crm.tables.all('Company'), ({ fields }) =>
    String(fields.get('comp_name')).toLowerCase(),
  )
  const companies = [...names].flatMap(([name, records]) =>
    records.slice(1).map(({ id }) => `Company ${id} is another "${name}"`),
  )
  return [
    ...companies,
    ...strayPersons(crm.tables).twice,
    ...repeatedAddresses(crm.tables),
    ...links(crm.tables),
  ]
}

/** Links of tasks to people: one each. */
function links(tables: CrmTables): string[] {
  const tasks = tables.all('Comm_Link').map(({ fields }) => String(fields.get('cmli_comm_communicationid')))
  return tasks
    .filter((task, index) => tasks.indexOf(task) !== index)
    .map((task) => `Comm_Link of task ${task}`)
}

/** Records with a marker of ours that nobody expects. */
function surplus(expected: readonly Expected[], byMarker: ByMarker, { crm }: World): string[] {
  const known = new Set(expected.map(({ marker }) => marker))
  const all = new Set(expected.flatMap(({ marker }) => byMarker.get(marker) ?? []))
  const owners = new Set(
    expected.flatMap(({ marker, hasMore }) => (hasMore ? (byMarker.get(marker) ?? []) : [])),
  )
  return [...byMarker].flatMap(([marker, [record]]) => {
    if (record === undefined || known.has(marker)) return []
    const owner = ownerOf(record, tellsDifferences(record) ? all : owners)
    const isCalledFor = owner !== undefined && mayHave(owner, record, crm.tables)
    return isCalledFor ? [] : [`${record.entity} ${record.id} belongs to no event`]
  })
}

/** A company or person that was there may be told otherwise by any event that names it. */
function tellsDifferences({ made }: CrmRecord): boolean {
  return /says otherwise of the|match/.test(String(made['note_note']))
}

function ownerOf({ fields }: CrmRecord, owners: ReadonlySet<CrmRecord>): CrmRecord | undefined {
  const id = String(fields.get('note_foreignid') ?? fields.get('comm_opportunityid'))
  return [...owners].find((owner) => owner.id === id)
}

/** A task, and the note it comes with, is made only where people have worked on the quote. */
function mayHave(owner: CrmRecord, { entity, made }: CrmRecord, tables: CrmTables): boolean {
  const isOfLeft = entity === 'Communication' || String(made['note_note']).includes('so it was left as it is')
  const quotes = tables.ever('Quotes', { op: 'eq', field: 'quot_opportunityid', value: owner.id })
  return !isOfLeft || quotes.some((quote) => isPeoples(tables, quote))
}

const PARTIES: Readonly<Record<string, readonly [company: string, person: string]>> = {
  Cases: ['case_primarycompanyid', 'case_primarypersonid'],
  Opportunity: ['oppo_primarycompanyid', 'oppo_primarypersonid'],
}

/** A case or an opportunity is that of the company and the person of its event, unless people have said otherwise. */
function misplaced(
  { entity, marker, company, email }: Expected,
  byMarker: ByMarker,
  { crm }: World,
): string[] {
  const record = byMarker.get(marker)?.[0]
  const [ofCompany, ofPerson] = PARTIES[entity] ?? []
  if (record === undefined || ofCompany === undefined || ofPerson === undefined) return []
  if (record.deletedAt !== undefined) return []
  const { tables } = crm
  const named = tables.get('Company', String(record.fields.get(ofCompany)))?.fields.get('comp_name')
  const [link] = tables.find('EmailLink', {
    op: 'eq',
    field: 'elink_recordid',
    value: String(record.fields.get(ofPerson)),
  })
  const address = tables
    .get('Email', String(link?.fields.get('elink_emailid')))
    ?.fields.get('emai_emailaddress')
  return [
    ...(company === undefined || company === named
      ? []
      : [`${entity} ${record.id} is that of ${named}, not of ${company}`]),
    ...(email === undefined || email === address || record.touched.has(ofPerson)
      ? []
      : [`${entity} ${record.id} is that of ${address}, not of ${email}`]),
  ]
}

/** The fields people have changed hold what people wrote; the others what the events say. Nothing is changed below a deleted record. */
function different(one: Expected, byMarker: ByMarker): string[] {
  const record = byMarker.get(one.marker)?.[0]
  const owner = one.under === undefined ? undefined : byMarker.get(one.under)?.[0]
  if (record === undefined || record.deletedAt !== undefined || owner?.deletedAt !== undefined) return []
  const [field, text] = one.contains ?? []
  const isSaid = field === undefined || String(record.fields.get(field)).includes(String(text))
  return [
    ...(isSaid ? [] : [`${one.entity} ${record.id}: ${field} does not say "${text}"`]),
    ...Object.entries(one.fields).flatMap(([name, value]) => {
      const wanted = record.touched.get(name)?.value ?? value
      const found = record.fields.get(name)
      return found === wanted ? [] : [`${one.entity} ${record.id}: ${name} is ${found} instead of ${wanted}`]
    }),
  ]
}
