import { failedCall } from '../lib/delivery/failure.ts'
import { type EventRecord, EventRecord as Shape } from '../lib/delivery/records.ts'
import type { World } from './world.ts'

/** How many events came to which end. */
export type Ends = Readonly<Record<string, number>>

type EventFindings = { readonly unaccounted: string[]; readonly wrong: string[]; readonly ends: Ends }

/** Recorded ids = done + stale + ignored + parked + in flight, and nothing is in flight any more. */
export async function checkEvents(world: World): Promise<EventFindings> {
  const records = new Map<string, EventRecord>()
  for await (const { value } of world.store.scan('event#')) {
    const record = Shape.parse(value)
    records.set(record.id, record)
  }
  const ends: Record<string, number> = {}
  for (const { state } of records.values()) ends[state] = (ends[state] ?? 0) + 1
  return {
    unaccounted: [...unrecorded(world, records), ...unfinished(records)],
    wrong: [...records.values()].flatMap((record) => wronglyEnded(record, world)),
    ends,
  }
}

function unrecorded({ happened, accepted }: World, records: ReadonlyMap<string, EventRecord>): string[] {
  const missing = [...accepted]
    .filter((id) => !records.has(id))
    .map((id) => `${id} was accepted and is not there`)
  const refused = [...happened.keys()]
    .filter((id) => !accepted.has(id))
    .map((id) => `${id} was never accepted`)
  return [...missing, ...refused]
}

function unfinished(records: ReadonlyMap<string, EventRecord>): string[] {
  return [...records.values()]
    .filter(({ state }) => state === 'received' || state === 'waiting')
    .map(({ id, state, reason }) => `${id} is still ${state} (${reason?.code})`)
}

/** Poison is parked: what was refused at its first try, what always fails at the third failure in a row. Nothing else is. */
function wronglyEnded(record: EventRecord, world: World): string[] {
  const { id, state, reason, history } = record
  const poison = world.happened.get(id)?.poison
  const isParked = state === 'parked'
  if (isParked !== (poison !== undefined)) return [`${id} is ${state} (${reason?.code}: ${reason?.message})`]
  const last = history.slice(-3).map(({ calls }) => failedCall(calls)?.result)
  const refusals = history.filter(({ code }) => code === 'crm-rejected').length
  // The errors of another request may have been taken for poison before the CRM could refuse anything.
  if (poison === 'rejected' && reason?.code === 'crm-rejected' && refusals !== 1)
    return [`${id} was refused ${refusals} times before it was parked`]
  if (poison === 'failing' && !last.every((result) => result === 'CrmAmbiguousError 500'))
    return [`${id} was parked after ${last.join(', ')}`]
  return []
}
