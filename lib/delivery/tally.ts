import * as z from '../values/schema.ts'
import type { Store } from './store/store.ts'
import { updateItem } from './store/update.ts'

/** What is counted for each day, because no record of an event tells it. */
const Tally = z.object({
  format: z.literal(1),
  /** Deliveries that were sent again. */
  duplicates: z._default(z.number(), 0),
  /** Times the breaker opened. */
  outages: z._default(z.number(), 0),
  /** Configured mappings that a change of the CRM has broken, as of the latest look. */
  broken: z._default(z.number(), 0),
})
export type Tally = Readonly<Omit<z.infer<typeof Tally>, 'format'>>

const DAY_MS = 24 * 60 * 60_000
const KEPT_MS = 40 * DAY_MS
const NOTHING = { format: 1, duplicates: 0, outages: 0, broken: 0 } as const

/** Adds to the counts of today, by the store's time in UTC. Throws StoreUnavailableError. */
export async function tally(store: Store, change: (today: Tally) => Partial<Tally>): Promise<void> {
  const now = store.now()
  await updateItem(store, keyOf(now), (item) => {
    const today = item === undefined ? NOTHING : Tally.parse(item.value)
    return { value: { ...today, ...change(today) }, expiresAt: now + KEPT_MS }
  })
}

/** The counts of the day of an instant. */
export async function tallyOf(store: Store, atMs: number): Promise<Tally> {
  const item = await store.get(keyOf(atMs))
  return item === undefined ? NOTHING : Tally.parse(item.value)
}

function keyOf(ms: number): string {
  return `tally#${new Date(ms).toISOString().slice(0, 10)}`
}
