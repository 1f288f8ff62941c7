import { describe, expect, it } from 'vitest'
import { failures } from '../../simulation/checks.ts'
import { runRound, stormOptions } from '../../simulation/storm.ts'
import type { Plant } from '../../simulation/worker.ts'
import { happenings, STORM_MIX } from '../../simulation/workload.ts'
import { lateClient } from '../support/planted-bugs.ts'

const SEED = 'c'
const EVENTS = 150
const MINUTE_MS = 60_000

/** Forty times as many standstills as in the storm, and no clock that only goes forward goes on meanwhile. */
async function failuresWith(plant: Plant): Promise<readonly string[]> {
  const options = stormOptions(SEED, { seed: SEED, events: EVENTS, skewMs: 2_000, uniqueIndex: false, plant })
  const asleep = { ...options, pause: 0.004, clockStops: 1 }
  return failures((await runRound(asleep, happenings(SEED, EVENTS, STORM_MIX))).findings)
}

describe('a worker whose clock stands still while it does', () => {
  it('sends nothing after its window has closed', { timeout: MINUTE_MS }, async () => {
    expect(await failuresWith({})).toEqual([])
  })

  it('would make records twice if it did, and that is found', { timeout: MINUTE_MS }, async () => {
    expect(
      (await failuresWith({ crm: lateClient })).filter((text) => text.includes('duplicate')),
    ).not.toEqual([])
  })
})
