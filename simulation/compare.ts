import { check, recordsByMarker } from './checks.ts'
import { expectedRecords } from './expected.ts'
import { ratio } from './report.ts'
import { lookUpFirst } from './rivals/look-up-first.ts'
import { naiveRetry } from './rivals/naive-retry.ts'
import { powertools } from './rivals/powertools.ts'
import type { Rival } from './rivals/rival.ts'
import { EVENTS_OF_A_ROUND, stormOptions } from './storm.ts'
import { FORMS_ALONE, type Happening, happenings } from './workload.ts'
import { World } from './world.ts'

/** Forms alone: what the rivals cannot do at all, such as updates in any order, is not held against them. */
const MIX = FORMS_ALONE
const NOBODY = { edits: 0, deletions: 0, redrives: 0 }

/** No message of a rival is given up. */
const PATIENT = { visibilityMs: 120_000, maxReceives: 1_000 }

type Score = { events: number; doubled: number; surplus: number; lost: number; requests: number }

/** `npm run storm -- --compare`: the same events, faults, deaths and pauses for each way of handling them. */
export async function compare(seed: string, events: number, print: (line: string) => void): Promise<boolean> {
  print(
    [
      '',
      'events with more than one record',
      'surplus records',
      'lost records',
      'CRM requests per event',
    ].join(' | '),
  )
  const ours = await score(seed, events, undefined)
  for (const rival of [naiveRetry, powertools, lookUpFirst])
    print(line(rival.name, await score(seed, events, rival)))
  print(line('this ledger', ours))
  return ours.doubled === 0 && ours.lost === 0
}

function line(name: string, { events, doubled, surplus, lost, requests }: Score): string {
  const share = `${doubled} of ${events} (${((100 * doubled) / events).toFixed(2)} %)`
  return [name, share, surplus, lost, ratio(requests, events)].join(' | ')
}

async function score(seed: string, events: number, rival: Rival | undefined): Promise<Score> {
  const total: Score = { events: 0, doubled: 0, surplus: 0, lost: 0, requests: 0 }
  for (let round = 0; total.events < events; round += 1) {
    const count = Math.min(EVENTS_OF_A_ROUND, events - total.events)
    const { world, findings } = await runFor(rival, `${seed}.${round}`, count)
    total.events += count
    total.doubled += doubledEvents(world)
    total.surplus += findings.duplicates.length
    total.lost += findings.lost.length
    total.requests += [...world.crm.requests.values()].reduce((sum, one) => sum + one, 0)
  }
  return total
}

/** Events of which there is more than one case or more than one note. */
function doubledEvents(world: World): number {
  const byMarker = recordsByMarker(world)
  const isDoubled = (happening: Happening) =>
    expectedRecords([happening]).some(({ marker }) => (byMarker.get(marker)?.length ?? 0) > 1)
  return [...world.happened.values()].filter(isDoubled).length
}

async function runFor(rival: Rival | undefined, seed: string, count: number) {
  const choice = { seed, events: count, skewMs: 2_000, uniqueIndex: false }
  const options = { ...stormOptions(seed, choice), people: NOBODY }
  const queue = rival === undefined ? options.queue : { ...options.queue, ...PATIENT }
  const world = new World({ ...options, queue }, rival)
  const { now } = Date
  // The library reads the clock itself: for it, too, time is virtual.
  Date.now = () => world.clock.now
  try {
    await world.run(happenings(seed, count, MIX))
  } finally {
    Date.now = now
  }
  return { world, findings: await check(world) }
}
