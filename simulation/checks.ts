import { checkEvents, type Ends } from './checks-of-events.ts'
import { personsByAddress, strayPersons } from './crm-children.ts'
import type { CrmRecord } from './crm-tables.ts'
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
  return {
    lost: expected.flatMap((one) => missing(one, byMarker)),
    duplicates: [...byMarker].flatMap(([marker, records]) => twice(marker, records)).concat(twins(world)),
    unaccounted,
    wrong: [
      ...wrong,
      ...world.crm.violations,
      ...expected.flatMap((one) => different(one, byMarker)),
      ...expected.flatMap((one) => unlinked(one, byMarker, world)),
      ...surplus(expected, byMarker),
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
  return [...companies, ...strayPersons(crm.tables).twice]
}

function surplus(expected: readonly Expected[], byMarker: ByMarker): string[] {
  const known = new Set(expected.map(({ marker }) => marker))
  return [...byMarker].flatMap(([marker, [record]]) =>
    known.has(marker) ? [] : [`${record?.entity} ${record?.id} belongs to no event`],
  )
}

/** The fields people have changed hold what people wrote; the others what the events say. Nothing is changed below a deleted record. */
function different(one: Expected, byMarker: ByMarker): string[] {
  const record = byMarker.get(one.marker)?.[0]
  const owner = one.under === undefined ? undefined : byMarker.get(one.under)?.[0]
  if (record === undefined || record.deletedAt !== undefined || owner?.deletedAt !== undefined) return []
  return Object.entries(one.fields).flatMap(([field, value]) => {
    const wanted = record.touched.get(field)?.value ?? value
    const found = record.fields.get(field)
    return found === wanted ? [] : [`${one.entity} ${record.id}: ${field} is ${found} instead of ${wanted}`]
  })
}

/** Whose case it is: the company of that name and the person of that address, unless people have said otherwise. */
function unlinked(
  { entity, marker, company, email }: Expected,
  byMarker: ByMarker,
  { crm }: World,
): string[] {
  const record = entity === 'Cases' ? byMarker.get(marker)?.[0] : undefined
  if (record === undefined || record.deletedAt !== undefined) return []
  const { tables } = crm
  const { fields, touched } = record
  const isCompany = ({ id }: CrmRecord) => id === String(fields.get('case_primarycompanyid'))
  const isPerson = ({ id }: CrmRecord) => id === String(fields.get('case_primarypersonid'))
  const companies = tables.find('Company', { op: 'eq', field: 'comp_name', value: company ?? '' })
  const persons = personsByAddress(tables, { op: 'eq', field: 'emai_emailaddress', value: email ?? '' })
  const hasCompany = company === undefined || companies.some(isCompany)
  const hasPerson = email === undefined || touched.has('case_primarypersonid') || persons.some(isPerson)
  return [
    ...(hasCompany ? [] : [`Cases ${record.id} is not linked to ${company}`]),
    ...(hasPerson ? [] : [`Cases ${record.id} is not linked to ${email}`]),
  ]
}
