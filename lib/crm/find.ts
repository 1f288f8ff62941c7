import { boundRecord, hashesOf, marked } from './bound.ts'
import type { ApplyContext } from './decision.ts'
import type { BoundRecord, Journal } from './journal.ts'
import { type Found, lookUp } from './match.ts'
import type { Fields, Step } from './plan.ts'
import { resolveFields } from './resolve.ts'

/** Looks the record up. What it contains counts as ours where it is what we would have sent. */
export async function find(step: Step, context: ApplyContext): Promise<BoundRecord | undefined> {
  const { journal, resolver, onAmbiguous } = context
  const found = await search(step, context)
  if (found === undefined) return undefined
  context.found.set(step.as, found)
  if (found.ambiguous > 0) onAmbiguous?.(step.as, found.id, found.ambiguous)
  const get = (field: string) => found.row.get(field)
  const { why } = found
  const bound = boundRecord(step, { id: found.id, adopted: true, get }, journal)
  const record = why === undefined ? bound : { ...bound, why }
  if (step.update === undefined || step.match.by === 'natural') return record
  const sent = hashesOf(journal, await resolveFields(step.resource, updateOf(step, journal), resolver))
  const written = Object.entries(sent).map(([name, hash]) => [name, { sent: hash }] as const)
  return { ...record, written: Object.fromEntries(written) }
}

/** The wanted fields; text that ends with our marker keeps it. */
export function updateOf(step: Step, journal: Journal): Fields {
  const { match, update = {} } = step
  const hasMarker = match.by === 'trailing-line' && match.field in update
  return hasMarker ? marked(step, update, journal.marker(step.as)) : update
}

function search(step: Step, { client, journal, resolver, ahead }: ApplyContext): Promise<Found | undefined> {
  const begun = ahead.get(step.as)
  ahead.delete(step.as)
  return begun ?? lookUp(client, step, journal.marker(step.as), resolver)
}
