import { check, type Findings } from './checks.ts'
import { STORM_RATES } from './crm-fate.ts'
import type { Plant } from './worker.ts'
import { type Happening, happenings, STORM_MIX } from './workload.ts'
import { CALM, World, type WorldOptions } from './world.ts'

export type Round = { readonly seed: string; readonly world: World; readonly findings: Findings }

export type StormOptions = {
  readonly seed: string
  readonly skewMs: number
  readonly plant: Plant
  readonly uniqueIndex: boolean
}

/** Everything that can go wrong, at the rates of the comparison in docs/exactly-once.md. */
export function stormOptions({ seed, skewMs, plant, uniqueIndex }: StormOptions): WorldOptions {
  return {
    ...CALM,
    seed,
    skewMs,
    plant,
    uniqueIndex,
    crm: STORM_RATES,
    store: { failure: 0.001 },
    queue: { failure: 0.01, twice: 0.01 },
    people: { edits: 0.03, deletions: 0.005, redrives: 0.01 },
    kill: 0.000_15,
    pause: 0.000_1,
    outages: [],
  }
}

/** One world from its beginning until nothing is left to happen. */
export async function runRound(options: WorldOptions, events: readonly Happening[]): Promise<Round> {
  const world = new World(options)
  await world.run(events)
  return { seed: options.seed, world, findings: await check(world) }
}

export function stormEvents(seed: string, count: number): Happening[] {
  return happenings(seed, count, STORM_MIX)
}
