import { expect, it } from 'vitest'
import { runRounds } from '../../simulation/storm.ts'
import { stormRuns } from '../support/storm-runs.ts'

const { seeds, eventsOfEach } = stormRuns()
const MINUTE_MS = 60_000

it(
  `is weathered: nothing is lost, doubled or unaccounted for, wherever processes die or stand still`,
  async () => {
    const coverage = []
    for (const seed of seeds) {
      const choice = { seed, events: eventsOfEach, skewMs: 2_000, uniqueIndex: false }
      const { totals } = await runRounds(choice)
      expect([seed, totals.failures]).toEqual([seed, []])
      coverage.push(totals.coverage)
    }
    const [all, ...others] = coverage
    for (const other of others) all?.add(other)
    expect(all?.complaints()).toEqual([])
  },
  20 * MINUTE_MS,
)

it(
  'is weathered with clocks ten minutes apart and the quarantine raised to match, and with a unique index',
  async () => {
    const choice = { seed: 'clocks', events: 600 }
    for (const more of [
      { skewMs: 10 * MINUTE_MS, uniqueIndex: false },
      { skewMs: 2_000, uniqueIndex: true },
    ]) {
      const { totals } = await runRounds({ ...choice, ...more })
      expect(totals.failures).toEqual([])
    }
  },
  MINUTE_MS,
)

it(
  'is the same storm for the same seed',
  async () => {
    const choice = { seed: 'twice', events: 300, skewMs: 2_000, uniqueIndex: false }
    const [one, other] = [await runRounds(choice), await runRounds(choice)]
    expect(one.totals).toEqual(other.totals)
  },
  MINUTE_MS,
)
