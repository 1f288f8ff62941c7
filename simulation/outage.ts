import { EventRecord } from '../lib/delivery/records.ts'
import { check, failures } from './checks.ts'
import { EPOCH_MS } from './clock.ts'
import { inWords } from './report.ts'
import { happenings } from './workload.ts'
import { CALM, World } from './world.ts'

const EVENTS_PER_SECOND = 20
const MINUTE_MS = 60_000
const OUTAGE = { from: EPOCH_MS + 5 * MINUTE_MS, to: EPOCH_MS + 125 * MINUTE_MS }
/** Long enough for new events to go on arriving until the backlog has been drained. */
const LENGTH_S = 3.6 * 60 * 60
const SLOTS = 64
/** A real Sage CRM is not fast; the ledger's own writes are a small part of a delivery. */
const LATENCY_MS = [100, 300] as const
/** Of the backlog divided by what the CRM can take besides what arrives. */
const ALLOWED = 1.1

/** `npm run storm -- --outage`: two hours without a CRM cost nothing but those two hours, and the time it takes to catch up. */
export async function outage(seed: string, print: (line: string) => void): Promise<boolean> {
  const world = new World({
    ...CALM,
    seed,
    slots: SLOTS,
    retries: SLOTS,
    outages: [OUTAGE],
    latencyMs: LATENCY_MS,
  })
  const drained = watchBacklog(world)
  const mix = {
    eventsPerSecond: EVENTS_PER_SECOND,
    duplicates: 0,
    redeliveries: 0,
    poison: 0,
    orders: 0,
    edited: 0,
    ignored: 0,
    sharing: false,
    caseFirst: false,
  }
  world.begin(happenings(seed, LENGTH_S * EVENTS_PER_SECOND, mix))
  await world.settle()
  const wrong = failures(await check(world))
  const { parked, burned, meanMs } = await tries(world)
  const { backlog, ms } = drained()
  const capacity = (SLOTS * 1_000) / meanMs
  const allowedMs = (ALLOWED * backlog * 1_000) / (capacity - EVENTS_PER_SECOND)
  const figures: [string, string | number][] = [
    ['events', world.happened.size],
    ['backlog at the end of the outage', backlog],
    ['parked', parked],
    ['attempts burned', burned],
    ['lost, doubled, unaccounted for or wrong', wrong.length],
    ['slots', SLOTS],
    ['most requests at the same time', world.crm.highWater],
    ['a delivery takes', `${meanMs.toFixed(0)} ms, so the slots hold ${capacity.toFixed(1)} a second`],
    ['drained in', `${inWords(ms)} (allowed: ${inWords(allowedMs)})`],
  ]
  for (const [name, value] of figures) print(`${name.padEnd(56)} ${value}`)
  return wrong.length === 0 && parked === 0 && burned === 0 && world.crm.highWater <= SLOTS && ms <= allowedMs
}

/** How many events wait when the outage ends, and how long it takes until the last of them is finished. */
function watchBacklog({ clock, tracker }: World): () => { backlog: number; ms: number } {
  let [backlog, left, endedAt] = [0, 0, 0]
  clock.at(OUTAGE.to, () => {
    backlog = tracker.unfinished
    left = backlog
  })
  tracker.onFinished = (recordedAt) => {
    if (left === 0 || recordedAt > OUTAGE.to) return
    left -= 1
    if (left === 0) endedAt = clock.now
  }
  return () => ({ backlog, ms: endedAt - OUTAGE.to })
}

/** What the tries came to, from the events' own records. */
async function tries(world: World) {
  let [parked, burned, totalMs, done] = [0, 0, 0, 0]
  for await (const { value } of world.store.scan('event#')) {
    const { state, attempts, history } = EventRecord.parse(value)
    if (state === 'parked') parked += 1
    burned += attempts
    const last = history.at(-1)
    if (last?.outcome !== 'done') continue
    done += 1
    totalMs += last.ms
  }
  return { parked, burned, meanMs: totalMs / Math.max(1, done) }
}
