import { describe, expect, it } from 'vitest'
import type { Store } from '../../lib/delivery/store/store.ts'
import { propertyRuns } from '../support/property.ts'
import { memoryStore } from './memory-store.ts'
import { interleave } from './run.ts'
import { scenarios } from './scenarios.ts'

/** About 2 000 in all; `npm run interleavings` runs 100 000. */
const RUNS = 170
const TIMEOUT_MS = 120_000

describe('in any order of their steps', () => {
  it.each(Object.keys(scenarios))('%s', { timeout: TIMEOUT_MS }, (name) =>
    interleave(name, propertyRuns(RUNS)),
  )
})

/** A store that writes whatever version it is given. */
function careless(now: () => number): Store {
  const store = memoryStore(now)
  return {
    ...store,
    replace: async (key, _version, write) => {
      const item = await store.get(key)
      return item === undefined ? undefined : store.replace(key, item.version, write)
    },
  }
}

const NO_QUARANTINE = { requestTimeoutMs: 0, longestRequestMs: 0, sendWindowMs: 500 }
const ENOUGH = { numRuns: 2_000, seed: 6_000 }

describe('a planted bug is found:', () => {
  it.each([
    ['a store that does not compare versions', 'calls of the store in memory', { store: careless }],
    [
      'a token that is not checked',
      'claim, intent, write, apply and release of one subject',
      { store: careless },
    ],
    ['a slot that two workers hold', 'slots, taken and given back', { store: careless }],
    [
      'a quarantine that is shorter than the CRM takes',
      'events of three subjects that need the same new company',
      { change: { times: NO_QUARANTINE } },
    ],
  ])('%s', { timeout: TIMEOUT_MS }, async (_what, scenario, planted) => {
    await expect(interleave(scenario, ENOUGH, planted)).rejects.toThrow(/Property failed/)
  })
})
