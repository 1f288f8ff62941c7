import type { CrmClient } from '../../lib/crm/client.ts'
import { CrmRejectedError } from '../../lib/crm/errors.ts'
import type { Fields, FieldValue, Plan, Step } from '../../lib/crm/plan.ts'
import type { Expression } from '../../lib/crm/where.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { entityOf } from '../entities.ts'

/** What a rival has to work with while it handles one message. */
export type Means = {
  readonly eventId: string
  readonly client: CrmClient
  readonly store: Store
  readonly remainingMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly random: () => number
  /** The marker of a step: the rivals write it too, so that their records can be told apart. */
  readonly marker: (as: string) => string
}

/** Makes one record of a plan: the part in which the rivals differ. Returns its id. */
export type MakeOnce = (step: Step, fields: Fields, means: Means) => Promise<string>

/** A way of handling a message: throws when the message shall come again. */
export type Rival = { readonly name: string; readonly handle: (plan: Plan, means: Means) => Promise<void> }

/**
 * Step after step: companies and persons are looked up by their key, as everybody does; the rest is made by `makeOnce`. What
 * differs is told by us alone.
 */
export function rivalOf(name: string, makeOnce: MakeOnce): Rival {
  const handle = async (plan: Plan, means: Means) => {
    const ids = new Map<string, string>()
    for (const step of plan.steps.filter(({ differs }) => differs === undefined)) {
      const fields = await plainFields(step, ids, means)
      const known = step.match.by === 'natural' ? await findByKey(step, means) : undefined
      ids.set(step.as, known ?? (await makeOnce(step, fields, means)))
    }
  }
  return { name, handle }
}

async function plainFields(step: Step, ids: ReadonlyMap<string, string>, { marker }: Means): Promise<Fields> {
  const { match, create } = step
  const pairs = Object.entries(create).map(async ([name, value]) => [name, await plain(value, ids)] as const)
  const fields = Object.fromEntries(await Promise.all(pairs))
  if (!('field' in match)) return fields
  const text =
    match.by === 'marker' ? marker(step.as) : `${String(fields[match.field])}\n\n${marker(step.as)}`
  return { ...fields, [match.field]: text }
}

async function plain(value: FieldValue, ids: ReadonlyMap<string, string>): Promise<FieldValue> {
  if (value === null || typeof value !== 'object') return value
  if ('fit' in value) return value.fit
  if ('tableOf' in value) return (await entityOf(value.tableOf)).tableId
  if (!('ref' in value)) return null
  return Number(ids.get(value.ref))
}

async function findByKey({ match }: Step, { client }: Means): Promise<string | undefined> {
  const [search] = match.by === 'natural' ? match.search : []
  if (search === undefined) return undefined
  const { rows } = await client.entity(search.resource).find(search.where)
  return rows[0]?.key
}

/** Looks for a record by its marker. */
export async function findByMarker({ match, resource, as }: Step, fields: Fields, { client, marker }: Means) {
  if (!('field' in match)) return undefined
  const { rows } = await client.entity(resource).find(conditionOf(match, fields, marker(as)))
  return rows.find((row) => String(row.get(match.field)).endsWith(marker(as)))?.key
}

type Marked = Extract<Step['match'], { readonly field: string }>

/** A note is looked for among those of its owner, which the fields name. */
function conditionOf(match: Marked, fields: Fields, marker: string): Expression {
  if (match.by === 'marker') return { op: 'eq', field: match.field, value: marker }
  return { op: 'eq', field: 'note_foreignid', value: fields['note_foreignid'] ?? null }
}

const TRIES = 3
const FIRST_WAIT_MS = 500

/** Tries a request three times with exponential backoff and jitter, unless the CRM says it will never accept it. */
export async function withRetries<T>({ sleep, random }: Means, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request()
    } catch (error) {
      if (attempt === TRIES || error instanceof CrmRejectedError) throw error
      await sleep(random() * FIRST_WAIT_MS * 2 ** attempt)
    }
  }
}

export async function create(
  { resource, children = {} }: Step,
  fields: Fields,
  { client }: Means,
): Promise<string> {
  const plainOnes = fields as Readonly<Record<string, string | number | boolean | null>>
  const row = await client.entity(resource).create(plainOnes, children)
  return row.key
}
