import type { ApplyContext } from './decision.ts'
import { CrmRejectedError } from './errors.ts'
import type { BoundRecord } from './journal.ts'
import { keepKnown, keptKnown } from './kept-known.ts'
import { matches } from './matches.ts'
import type { FieldValue, Known } from './plan.ts'
import { resolveFields, resolveValue } from './resolve.ts'
import type { Row } from './row.ts'

/** Where the records a plan takes for granted go as they are found. */
type Bindings = Map<string, BoundRecord>
type Keep = (found: ReadonlyMap<Known, BoundRecord>) => void

/** The look-ups that are under way. */
export type LookUps = {
  /** Resolves when those of these names are done. @throws what one of them threw */
  ready(names: Iterable<string>): Promise<void>
  /** Resolves when no request is open any more. */
  atRest(): Promise<void>
}

/** Half of what IIS takes for a query unless told otherwise (2 048 characters). */
const LONGEST_LIST = 1_000

/**
 * Looks up what a plan takes for granted, as soon as possible: what refers to nothing at once, the rest when what it refers to
 * is known. Found records are put into `bindings`.
 */
export function lookUpKnown(all: readonly Known[], context: ApplyContext, bindings: Bindings): LookUps {
  const { journal } = context
  const open = all.filter((one) => {
    const kept = keptKnown(one, journal)
    if (kept !== undefined && !kept.removed) bindings.set(one.as, kept)
    return kept === undefined
  })
  const names = new Set(open.map(({ as }) => as))
  const first = open.filter((one) => refersTo(one, names).length === 0)
  const second = open.filter((one) => !first.includes(one))
  const keep = (found: ReadonlyMap<Known, BoundRecord>) => {
    for (const [{ as }, record] of found) if (!record.removed) bindings.set(as, record)
    keepKnown(found, all, journal)
  }
  const looks = new Map<string, Promise<void>>()
  start(first, looks, context, keep, Promise.resolve())
  const begun = Promise.all(looks.values())
  start(second, looks, context, keep, begun)
  for (const look of [begun, ...looks.values()]) look.catch(() => undefined)
  return {
    ready: async (wanted) => {
      await Promise.all([...wanted].flatMap((name) => looks.get(name) ?? []))
    },
    atRest: async () => {
      await Promise.allSettled(looks.values())
    },
  }
}

function start(
  all: readonly Known[],
  looks: Map<string, Promise<void>>,
  context: ApplyContext,
  keep: Keep,
  after: Promise<unknown>,
): void {
  const groups = Map.groupBy(all, ({ resource, field }) => `${resource}.${field}`.toLowerCase())
  for (const group of groups.values()) {
    const look = after.then(() => lookUpGroup(group, context, keep))
    for (const { as } of group) looks.set(as, look)
  }
}

function refersTo({ value, and = {} }: Known, names: ReadonlySet<string>): string[] {
  return [value, ...Object.values(and)].flatMap((one) => {
    const ref = typeof one === 'object' && one !== null && 'ref' in one ? one.ref : undefined
    return ref !== undefined && names.has(ref) ? [ref] : []
  })
}

type Wanted = { readonly known: Known; readonly value: string | number }

async function lookUpGroup(group: readonly Known[], context: ApplyContext, keep: Keep): Promise<void> {
  const [one] = group
  if (one === undefined) return
  const wanted = (await Promise.all(group.map((known) => wantedOf(known, context)))).flat()
  const values = [...new Set(wanted.map(({ value }) => value))]
  const { client } = context
  const found = await Promise.all(
    chunksOf(values).map((chunk) => client.entity(one.resource).find(anyOf(one.field, chunk))),
  )
  const rows = found.flatMap((page) => [...page.rows])
  const answers = new Map<Known, BoundRecord>()
  for (const known of group) {
    const value = wanted.find((each) => each.known === known)?.value
    const row = value === undefined ? undefined : await choose(rows, known, value, context)
    if (row !== undefined) answers.set(known, bindingOf(known, row))
    else if (known.required !== undefined)
      throw new CrmRejectedError(known.required, [`${known.resource}.${known.field}: ${known.required}`])
    else answers.set(known, notThere(known))
  }
  keep(answers)
}

/** undefined where what it refers to is not there. */
async function wantedOf(known: Known, { resolver }: ApplyContext): Promise<Wanted[]> {
  const { value } = known
  const isMissing = typeof value === 'object' && value !== null && 'ref' in value
  if (isMissing && !resolver.bindings.has(value.ref)) return []
  const plain = await resolveValue(value, undefined, resolver)
  return typeof plain === 'string' || typeof plain === 'number' ? [{ known, value: plain }] : []
}

function chunksOf(values: readonly (string | number)[]): (string | number)[][] {
  const chunks: (string | number)[][] = []
  let room = 0
  for (const value of values) {
    const length = encodeURIComponent(String(value)).length + 30
    const chunk = chunks.at(-1)
    if (chunk === undefined || length > room) {
      chunks.push([value])
      room = LONGEST_LIST - length
    } else {
      chunk.push(value)
      room -= length
    }
  }
  return chunks
}

function anyOf(field: string, values: readonly FieldValue[]) {
  return { op: 'or', of: values.map((value) => ({ op: 'eq', field, value }) as const) } as const
}

/** The lowest id of those that have the value and all else that is wanted. */
async function choose(
  rows: readonly Row[],
  { resource, field, and = {} }: Known,
  value: string | number,
  { resolver }: ApplyContext,
): Promise<Row | undefined> {
  const entity = await resolver.entity(resource)
  const more = await resolveFields(resource, and, resolver)
  const terms = Object.entries({ ...more, [field]: value }).map(([name, wanted]) => ({
    op: 'eq' as const,
    field: name,
    value: wanted,
  }))
  const isWanted = (row: Row) =>
    terms.every((term) => row.get(term.field) === undefined || matches(term, row, entity, 'UTC'))
  return rows.filter(isWanted).toSorted((one, other) => Number(one.key) - Number(other.key))[0]
}

function bindingOf({ resource, carry = {} }: Known, row: Row): BoundRecord {
  const carried = Object.entries(carry).flatMap(([name, field]) => {
    const value = row.get(field)
    return value === undefined || value === null || value === '' ? [] : [[name, String(value)] as const]
  })
  return { resource, id: row.key, adopted: true, carried: Object.fromEntries(carried) }
}

/** That there is no such record is an answer as well. */
function notThere({ resource }: Known): BoundRecord {
  return { resource, id: '', adopted: true, removed: true }
}
