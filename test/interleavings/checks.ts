import { strict as assert } from 'node:assert'
import { EVENT_STATES } from '../../lib/delivery/records.ts'
import { identityOf } from './crm-model.ts'
import { unexplained } from './history.ts'
import type { World } from './world.ts'

/** What must be true after every interleaving. */
export function checkWorld(world: World): void {
  assert.equal(unexplained(world.book.calls), undefined, 'the ledger is one register for each key')
  checkOneRecordEach(world)
  checkCreates(world)
  checkFencing(world)
}

/** One record for each marker and each natural key. */
function checkOneRecordEach({ crm }: World): void {
  const identities = crm.records.map(({ resource, fields }) => identityOf(resource, fields))
  assert.deepEqual(identities.toSorted(), [...new Set(identities)].toSorted(), 'every record is there once')
}

/** Of the creates of one record only one reaches the CRM before the outcome of the one before it is known. */
function checkCreates({ crm }: World): void {
  const { requestTimeoutMs, longestRequestMs } = crm.times
  const open = crm.arrivals.filter(({ isDefinite }) => !isDefinite)
  for (const [identity, arrivals = []] of Map.groupBy(open, (arrival) => arrival.identity)) {
    const times = arrivals.map(({ sentAt }) => sentAt).toSorted((one, other) => one - other)
    for (const [index, sentAt] of times.entries()) {
      const earlier = times[index - 1] ?? Number.NEGATIVE_INFINITY
      const isOver = sentAt >= earlier + requestTimeoutMs + longestRequestMs
      assert.ok(isOver, `${identity} was created twice within its quarantine`)
    }
  }
}

/** A version of a subject is written once: of two claims only the later one goes on. */
function checkFencing({ book }: World): void {
  const written = book.calls.flatMap((call) =>
    call.op !== 'get' && call.result !== undefined ? [`${call.key} ${call.result}`] : [],
  )
  assert.equal(written.length, new Set(written).size, 'two tokens have succeeded in the same step')
}

/** Everything recorded is finished, and nothing is in two states. */
export async function statesOf({ store }: World): Promise<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(EVENT_STATES.map((state) => [state, 0]))
  for await (const { value } of store.scan('event#')) {
    const { state } = value as { readonly state: string }
    counts[state] = (counts[state] ?? 0) + 1
  }
  return counts
}
