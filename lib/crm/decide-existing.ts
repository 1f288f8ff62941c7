import type { ApplyContext, Decision } from './decision.ts'
import { type BoundRecord, leaveQuarantine } from './journal.ts'
import type { Match, Step } from './plan.ts'
import { readRecord } from './read-record.ts'
import { resolveFields } from './resolve.ts'
import { changedSince, holds } from './seen.ts'

/**
 * What is to be done about a record that somebody else has made: it is changed once, and only while it is as the plan has
 * seen it. `written` in its binding says that this has happened; `updating`, that it may have.
 */
export async function decideExisting(
  step: Step,
  match: Extract<Match, { by: 'id' }>,
  context: ApplyContext,
): Promise<Decision> {
  const { client, journal, resolver } = context
  const known = boundIn(context, step)
  if (known?.removed) return { step, act: 'nothing', effect: 'removed', record: known }
  if (known?.written !== undefined && known.updating === undefined)
    return { step, act: 'nothing', effect: 'unchanged', record: known }
  if (known?.updating !== undefined) leaveQuarantine(known.updating.sendBy, journal)
  const record: BoundRecord = { resource: step.resource, id: match.id, adopted: true, at: journal.now() }
  const row = await readRecord(client, step.resource, match.id)
  if (row === undefined)
    return { step, act: 'nothing', effect: 'removed', record: { ...record, removed: true } }
  const wanted = await resolveFields(step.resource, step.update ?? {}, resolver)
  const entity = await resolver.entity(step.resource)
  const missing = Object.entries(wanted).filter(([name, value]) => !holds(row, name, value, entity))
  const settled = { ...record, written: {} }
  if (missing.length === 0 && known?.updating !== undefined)
    return { step, act: 'nothing', effect: 'updated', record: settled }
  const kept = changedSince(match.seen, row, entity)
  if (kept.length > 0) return peopleWereFaster(step, kept, context)
  if (missing.length === 0) return { step, act: 'nothing', effect: 'adopted', record: settled }
  return { step, act: 'update', record, fields: Object.fromEntries(missing), kept: [] }
}

function boundIn({ journal }: ApplyContext, { as }: Step): BoundRecord | undefined {
  const entry = journal.entry(as)
  if (entry?.state !== 'bound') return undefined
  const { state: _, ...record } = entry
  return record
}

/** The fields that people have changed are named; nothing is bound, so that a later plan may try again. */
function peopleWereFaster(step: Step, kept: readonly string[], { journal }: ApplyContext): Decision {
  journal.note({ [step.as]: null })
  return { step, act: 'nothing', effect: 'skipped', kept }
}
