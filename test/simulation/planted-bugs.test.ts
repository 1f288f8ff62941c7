import { describe, expect, it } from 'vitest'
import { runRounds } from '../../simulation/storm.ts'
import type { Plant } from '../../simulation/worker.ts'
import { blindClient, withoutIntents, withoutToken } from '../support/planted-bugs.ts'

const MINUTE_MS = 60_000

async function failuresWith(plant: Plant): Promise<readonly string[]> {
  const choice = { seed: 'planted', events: 300, skewMs: 2_000, uniqueIndex: false }
  const { totals } = await runRounds({ ...choice, plant })
  return totals.failures
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
