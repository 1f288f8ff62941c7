import type { BoundRecord, Journal } from './journal.ts'
import type { Known } from './plan.ts'

type Keeper = Pick<Journal, 'entry' | 'note' | 'now' | 'hash' | 'redriven'>

/** For so long a try may rely on what an earlier one has found. */
const KEPT_FOR_MS = 60 * 60_000
/** The records of many more products would make the subject's item large. */
const MOST_KEPT = 100

/** What an earlier try of an unfinished event has found, `removed` where that was nothing; a redrive looks everything up anew. */
export function keptKnown(known: Known, journal: Keeper): BoundRecord | undefined {
  const entry = journal.redriven === undefined ? journal.entry(known.as) : undefined
  if (entry?.state !== 'bound' || entry.key !== keyOf(known, journal)) return undefined
  const { state: _, ...record } = entry
  return journal.now() - (record.at ?? 0) < KEPT_FOR_MS ? record : undefined
}

/** Remembers what was found until the event is finished, should this try come to nothing. */
export function keepKnown(
  found: ReadonlyMap<Known, BoundRecord>,
  all: readonly Known[],
  journal: Keeper,
): void {
  if (all.length > MOST_KEPT) return
  const kept = [...found].map(([known, record]) => {
    return [known.as, { ...record, at: journal.now(), key: keyOf(known, journal), state: 'bound' }] as const
  })
  journal.note(Object.fromEntries(kept))
}

/** The event is finished: the next one looks anew. */
export function forgetKnown(all: readonly Known[], journal: Keeper): void {
  const kept = all.filter(({ as }) => journal.entry(as) !== undefined)
  journal.note(Object.fromEntries(kept.map(({ as }) => [as, null])))
}

function keyOf({ resource, field, value, and }: Known, { hash }: Keeper): string {
  return hash(JSON.stringify([resource, field, value, and]))
}
