import { check, type Findings, failures } from './checks.ts'
import { STORM_RATES } from './crm-fate.ts'
import { report } from './report.ts'
import { shrink } from './shrink.ts'
import { Totals } from './totals.ts'
import type { Plant } from './worker.ts'
import { type Happening, happenings, STORM_MIX } from './workload.ts'
import { CALM, World, type WorldOptions } from './world.ts'

export type Round = { readonly seed: string; readonly world: World; readonly findings: Findings }

export type StormChoice = {
  readonly seed: string
  readonly events: number
  readonly skewMs: number
  readonly uniqueIndex: boolean
  /** One round alone, and of it these events alone. */
  readonly round?: number
  readonly only?: readonly number[]
  readonly plant?: Plant
}

/** Each round is a world of its own, so that a run of any length needs no more memory and a failure is quickly repeated. */
export const EVENTS_OF_A_ROUND = 2_500

/** Everything that can go wrong, at the rates of the comparison. */
export function stormOptions(seed: string, { skewMs, uniqueIndex, plant = {} }: StormChoice): WorldOptions {
  return {
    ...CALM,
    seed,
    skewMs,
    plant,
    uniqueIndex,
    crm: STORM_RATES,
    store: { failure: 0.001 },
    queue: { ...CALM.queue, failure: 0.01, twice: 0.01 },
    people: { edits: 0.06, deletions: 0.005, redrives: 0.04 },
    kill: 0.000_15,
    pause: 0.000_1,
    clockStops: 0.5,
  }
}

/**
 * Code that is imported when it is needed first, that of orders, is imported in nobody's virtual time: without a world before
 * it, the first round of a process would be another one than the same round later.
 */
let everythingImported: Promise<void> | undefined

function importEverything(): Promise<void> {
  const seed = 'imports'
  everythingImported ??= new World({ ...CALM, seed }).run(happenings(seed, 20, STORM_MIX))
  return everythingImported
}

/** One world from its beginning until nothing is left to happen. */
export async function runRound(options: WorldOptions, events: readonly Happening[]): Promise<Round> {
  await importEverything()
  const world = new World(options)
  await world.run(events)
  return { seed: options.seed, world, findings: await check(world) }
}

/** All rounds, or as many as go well. Returns what was counted and the first round that failed. */
export async function runRounds(choice: StormChoice): Promise<{ totals: Totals; failed?: number }> {
  const totals = new Totals()
  const count = Math.ceil(choice.events / EVENTS_OF_A_ROUND)
  const rounds =
    choice.round === undefined ? Array.from({ length: count }, (_, round) => round) : [choice.round]
  for (const round of rounds) {
    const { findings, ...rest } = await runOne(choice, round)
    totals.add({ findings, ...rest })
    if (failures(findings).length > 0) return { totals, failed: round }
  }
  return { totals }
}

function runOne(choice: StormChoice, round: number): Promise<Round> {
  const seed = `${choice.seed}.${round}`
  return runRound(stormOptions(seed, choice), eventsOf(choice, round))
}

function eventsOf({ seed, events, round: alone, only }: StormChoice, round: number): readonly Happening[] {
  const left = alone === undefined ? events - round * EVENTS_OF_A_ROUND : events
  const all = happenings(`${seed}.${round}`, Math.min(EVENTS_OF_A_ROUND, left), STORM_MIX)
  return only === undefined ? all : all.filter(({ index }) => only.includes(index))
}

/** `npm run storm`: true when nothing was lost, doubled, unaccounted for or otherwise wrong, and every point was hit. */
export async function storm(choice: StormChoice, print: (line: string) => void): Promise<boolean> {
  const began = performance.now()
  const { totals, failed } = await runRounds(choice)
  for (const line of report(totals, (performance.now() - began) / 1_000)) print(line)
  print(`${'seed'.padEnd(56)} ${choice.seed}`)
  if (failed !== undefined) return explain(choice, failed, totals, print)
  const isWhole = choice.round === undefined
  const missed = isWhole ? totals.coverage.complaints() : []
  for (const complaint of missed) print(complaint)
  return missed.length === 0
}

/** Finds the few events it takes, and says how to see it again. */
async function explain(choice: StormChoice, round: number, totals: Totals, print: (line: string) => void) {
  for (const failure of totals.failures.slice(0, 10)) print(failure)
  const seed = `${choice.seed}.${round}`
  const options = stormOptions(seed, choice)
  const kind = kindOf(totals.failures[0] ?? '')
  const fails = async (events: readonly Happening[]) =>
    failures((await runRound(options, events)).findings).some(
      (text) => kindOf(`seed ${seed}: ${text}`) === kind,
    )
  const smallest = await shrink(eventsOf(choice, round), fails)
  print(`the smallest list of events that fails, ${smallest.length} of them:`)
  for (const { instance, body, posts } of smallest)
    print(`  ${instance} ${JSON.stringify(body)} posted at ${posts.join(', ')} ms`)
  const numbers = smallest.map(({ index }) => index).join(',')
  const clocks = `--clocks-differ-by ${choice.skewMs}${choice.uniqueIndex ? ' --unique-index' : ''}`
  print(
    `npm run storm -- --seed ${choice.seed} --round ${round} --only ${numbers} ${clocks} --events ${choice.events}`,
  )
  return false
}

/** `seed 1.0: duplicate: …` → `duplicate` */
function kindOf(failure: string): string {
  return failure.split(': ').at(1) ?? ''
}
