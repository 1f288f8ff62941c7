import { expect, it } from 'vitest'
import { failures } from '../../simulation/checks.ts'
import { runRound, stormOptions } from '../../simulation/storm.ts'
import { happenings, STORM_MIX } from '../../simulation/workload.ts'

const SEED = '1'
/** As much as a second allows, so that it can be run for each change of the code. */
const EVENTS = 150

it('a squall is weathered, with every fault there is', async () => {
  const choice = { seed: SEED, events: EVENTS, skewMs: 2_000, uniqueIndex: false }
  const events = happenings(SEED, EVENTS, STORM_MIX)
  const { findings, world } = await runRound(stormOptions(SEED, choice), events)
  expect(failures(findings)).toEqual([])
  expect(world.tracker.latenciesMs.length).toBeGreaterThan(0)
})
