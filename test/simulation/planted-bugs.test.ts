import { describe, expect, it } from 'vitest'
import type { CrmClient, EntityClient } from '../../lib/crm/client.ts'
import { CrmError } from '../../lib/crm/errors.ts'
import type { SubjectRecord } from '../../lib/delivery/records.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { runRounds } from '../../simulation/storm.ts'
import type { Plant } from '../../simulation/worker.ts'

const MINUTE_MS = 60_000

async function failuresWith(plant: Plant): Promise<readonly string[]> {
  const choice = { seed: 'planted', events: 1_000, skewMs: 2_000, uniqueIndex: false }
  const { totals } = await runRounds({ ...choice, plant })
  return totals.failures
}

/** A ledger that forgets to write what it is about to create. */
function withoutIntents(store: Store): Store {
  return {
    ...store,
    replace: (key, version, write) =>
      store.replace(key, version, { ...write, value: forgotten(write.value) }),
  }
}

function forgotten(value: unknown): unknown {
  const { journal } = value as Partial<SubjectRecord>
  if (journal === undefined) return value
  const known = Object.entries(journal).filter(([, { state }]) => state !== 'intent')
  return { ...(value as SubjectRecord), journal: Object.fromEntries(known) }
}

/** A ledger that writes whatever the version of the item is: a worker whose claim was taken over goes on. */
function withoutToken(store: Store): Store {
  const replace: Store['replace'] = async (key, version, write) => {
    const current = key.startsWith('subject#') ? (await store.get(key))?.version : undefined
    return store.replace(key, current ?? version, write)
  }
  return { ...store, replace }
}

/** A client that takes every failure of a look-up for "there is none". */
function blindClient(crm: CrmClient): CrmClient {
  const entity = (name: string): EntityClient => {
    const client = crm.entity(name)
    const find: EntityClient['find'] = (where) =>
      client.find(where).catch((error: unknown) => {
        if (!(error instanceof CrmError)) throw error
        return { rows: [], filtered: false, received: 0 }
      })
    return { ...client, find }
  }
  return { ...crm, entity: entity as CrmClient['entity'] }
}

describe('a planted bug is found by the storm', () => {
  it.each([
    ['the intent is not written', { store: withoutIntents }],
    ['the token is not checked', { store: withoutToken }],
    ['a look-up that failed is taken for "not there"', { crm: blindClient }],
  ] satisfies [string, Plant][])(
    'when %s',
    async (_, plant) => {
      const failures = await failuresWith(plant)
      expect(failures.filter((text) => text.includes('duplicate:'))).not.toEqual([])
    },
    MINUTE_MS,
  )

  it(
    'and nothing is found where none is planted',
    async () => {
      expect(await failuresWith({})).toEqual([])
    },
    MINUTE_MS,
  )
})
