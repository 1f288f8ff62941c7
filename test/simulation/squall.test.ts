import { describe, expect, it } from 'vitest'
import { failures } from '../../simulation/checks.ts'
import { runRound, stormOptions } from '../../simulation/storm.ts'
import { happenings, STORM_MIX } from '../../simulation/workload.ts'

const EVENTS = 150
const SECONDS = 20_000

/** As much as a second allows, so that it can be run for each change of the code. */
describe('a squall', () => {
  it.each(['1', '2'])(
    'is weathered, with every fault there is: seed %s',
    { timeout: SECONDS },
    async (seed) => {
      const choice = { seed, events: EVENTS, skewMs: 2_000, uniqueIndex: false }
      const { findings, world } = await runRound(
        stormOptions(seed, choice),
        happenings(seed, EVENTS, STORM_MIX),
      )
      expect(failures(findings)).toEqual([])
      expect(world.tracker.latenciesMs.length).toBeGreaterThan(0)
    },
  )
})
