import type { CrmClient, Row } from './client.ts'
import { findEqual } from './equal.ts'
import { CrmMisconfiguredError } from './errors.ts'
import type { Match, Search, Step } from './plan.ts'
import { type Resolver, resolveExpression, resolveFields, resolveValue } from './resolve.ts'

/** A record that stands for a step, found in the CRM. `ambiguous`: how many others matched as well. */
export type Found = {
  readonly id: string
  readonly row: Row
  readonly ambiguous: number
  /** By what a natural match was found, in words without anybody's data. */
  readonly why?: string
}

/** Looks a step's record up. undefined means it is certainly not there; every doubt is an error. */
export async function lookUp(
  client: CrmClient,
  step: Step,
  marker: string,
  resolver: Resolver,
): Promise<Found | undefined> {
  const { match } = step
  if (match.by === 'id' || match.by === 'step') return undefined
  if (match.by === 'natural') return searchInTurn(client, match, resolver)
  if (match.by === 'equal') return equalRow(client, step, match.fields, resolver)
  const rows = await markedRows(client, step.resource, match, marker, resolver)
  return lowest(rows.map((row) => ({ row, id: row.key })))
}

async function equalRow(
  client: CrmClient,
  { resource, create }: Step,
  names: readonly string[],
  resolver: Resolver,
): Promise<Found | undefined> {
  const own = Object.fromEntries(names.map((name) => [name, create[name] ?? null]))
  const rows = await findEqual(resource, await resolveFields(resource, own, resolver), { client, resolver })
  return lowest(rows.map((row) => ({ row, id: row.key })))
}

async function markedRows(
  client: CrmClient,
  resource: string,
  match: Extract<Match, { by: 'marker' | 'trailing-line' }>,
  marker: string,
  resolver: Resolver,
): Promise<Row[]> {
  const where =
    match.by === 'marker'
      ? ({ op: 'eq', field: match.field, value: marker } as const)
      : await resolveExpression(resource, match.where, resolver)
  const { rows } = await client.entity(resource).find(where)
  return rows.filter((row) => carriesMarker(row, resource, match, marker))
}

function carriesMarker(
  row: Row,
  resource: string,
  match: { by: string; field: string },
  marker: string,
): boolean {
  const value = row.get(match.field)
  if (value === undefined) {
    throw new CrmMisconfiguredError(
      `${resource} is returned without ${match.field}: its marker cannot be looked up`,
    )
  }
  return typeof value === 'string' && (match.by === 'marker' ? value.trim() : trailingLine(value)) === marker
}

/** The last line of a text that is not blank: where a note has its marker. */
export function trailingLine(text: string): string {
  return (
    text
      .trimEnd()
      .split(/\r\n|\r|\n/)
      .at(-1)
      ?.trim() ?? ''
  )
}

type Natural = Extract<Match, { by: 'natural' }>

async function searchInTurn(client: CrmClient, { search: searches, several }: Natural, resolver: Resolver) {
  for (const search of searches) {
    const found = await searchOnce(client, search, resolver, several)
    if (found !== undefined) return found
  }
  return undefined
}

async function searchOnce(
  client: CrmClient,
  search: Search,
  resolver: Resolver,
  several: Natural['several'],
): Promise<Found | undefined> {
  const where = await resolveExpression(search.resource, search.where, resolver)
  const wanted = await wantedValues(search, resolver)
  const { rows } = await client.entity(search.resource).find(where)
  const same = rows.filter((row) => wanted.every(([field, value]) => isSame(row.get(field), value)))
  const found = chosen(
    same.map((row) => ({ row, id: idOf(row, search) })),
    several,
  )
  return found && { ...found, why: whyOf(search, found.ambiguous, several) }
}

async function wantedValues(search: Search, resolver: Resolver) {
  const { fields } = await resolver.entity(search.resource)
  const pairs = Object.entries(search.equal).map(async ([name, value]) => {
    const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase())
    return [name, await resolveValue(value, field, resolver)] as const
  })
  return Promise.all(pairs)
}

/** SQL Server's default collation ignores case and trailing blanks; so do people who type names. */
function isSame(found: unknown, wanted: unknown): boolean {
  return normalised(found) === normalised(wanted)
}

function normalised(value: unknown): string {
  return String(value ?? '')
    .trim()
    .toLowerCase()
}

function idOf(row: Row, search: Search): string {
  const id = search.idField === undefined ? row.key : row.get(search.idField)
  if (id === undefined || id === null || id === '') {
    throw new CrmMisconfiguredError(`${search.resource} is returned without ${search.idField ?? '$key'}`)
  }
  return String(id)
}

type Candidate = { readonly row: Row; readonly id: string }

/** Several records match: the oldest is the one people know. A view may show one record in several rows. */
function chosen(rows: readonly Candidate[], several: Natural['several']): Found | undefined {
  const candidates = [...new Map(rows.map((row) => [row.id, row])).values()]
  const sorted = candidates.sort((a, b) => Number(a.id) - Number(b.id))
  const first = several === 'newest' ? sorted.at(-1) : sorted[0]
  return first && { ...first, ambiguous: candidates.length - 1 }
}

function lowest(candidates: readonly Candidate[]): Found | undefined {
  return chosen(candidates, 'oldest')
}

function whyOf({ resource, equal }: Search, others: number, several: Natural['several'] = 'oldest'): string {
  const by = `the same ${Object.keys(equal).join(' and ')} in ${resource}`
  return others === 0 ? by : `${by}; the ${several} of ${others + 1}`
}
