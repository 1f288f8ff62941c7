import { SUBJECT_PREFIX } from '../../delivery/claim.ts'
import { markerOf } from '../../delivery/marker.ts'
import type { Pipe } from '../../delivery/pipe.ts'
import { SubjectRecord } from '../../delivery/records.ts'
import type { Item } from '../../delivery/store/store.ts'

/** A record the ledger has bound and that carries our marker in the CRM. */
export type Marked = {
  /** Its place among all: by the time it was bound. */
  readonly position: string
  readonly subject: string
  readonly resource: string
  readonly id: string
  readonly marker: string
}

export type Wanted = {
  /** Only what comes after this position. */
  readonly after: string
  readonly limit: number
  readonly isMarked: (resource: string) => boolean
}

const TIME_CHARACTERS = 15

/**
 * The next `limit` marked records in the order of their binding. The store is read in no particular order, so all of it is
 * read; never more than twice the limit is held.
 */
export async function nextMarked(
  { ledger, config }: Pick<Pipe, 'ledger' | 'config'>,
  { after, limit, isMarked }: Wanted,
): Promise<readonly Marked[]> {
  let nearest: Marked[] = []
  for await (const item of ledger.store.scan(SUBJECT_PREFIX)) {
    const found = markedIn(item, config.installation)
    nearest.push(...found.filter(({ position, resource }) => position > after && isMarked(resource)))
    if (nearest.length > 2 * limit) nearest = first(nearest, limit)
  }
  return first(nearest, limit)
}

function first(marked: readonly Marked[], limit: number): Marked[] {
  return marked.toSorted((a, b) => (a.position < b.position ? -1 : 1)).slice(0, limit)
}

function markedIn({ key, value }: Item, installation: string): Marked[] {
  const subject = key.slice(SUBJECT_PREFIX.length)
  return Object.entries(SubjectRecord.parse(value).journal).flatMap(([as, entry]) => {
    if (entry.state !== 'bound' || entry.removed) return []
    const { resource, id, at = 0 } = entry
    const position = `${String(at).padStart(TIME_CHARACTERS, '0')} ${subject} ${as}`
    return [{ position, subject, resource, id, marker: markerOf(installation, subject, as) }]
  })
}
