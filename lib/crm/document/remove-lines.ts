import { writtenBy } from '../bound.ts'
import type { ApplyContext, Remove } from '../decision.ts'
import { findEqual } from '../equal.ts'
import { type BoundRecord, leaveQuarantine } from '../journal.ts'
import type { Document, Step } from '../plan.ts'
import { resolveFields } from '../resolve.ts'
import { isOtherwise, unwanted } from './people.ts'

/**
 * The lines to be removed: those that are not in the plan any more, and those that cannot become what the plan wants. A line
 * whose create has an unknown outcome is looked for first.
 */
export async function linesToRemove(
  steps: readonly Step[],
  document: Document,
  context: ApplyContext,
): Promise<Remove[]> {
  const gone = unwanted(steps, document, context).map((as) => stepOf(as, document))
  const changed: Step[] = []
  for (const step of steps) if (step.line && (await isOtherwise(step, document, context))) changed.push(step)
  const removals: Remove[] = []
  for (const step of [...gone, ...changed]) {
    const removal = await removalOf(step, gone.includes(step), document, context)
    if (removal !== undefined) removals.push(removal)
  }
  return removals
}

async function removalOf(
  step: Step,
  mayStay: boolean,
  document: Document,
  context: ApplyContext,
): Promise<Remove | undefined> {
  const { journal, resolver } = context
  const record = await recordOf(step, document, context)
  if (record === undefined) {
    journal.note({ [step.as]: null })
    return undefined
  }
  const fields = await resolveFields(step.resource, document.zero, resolver)
  return { step, act: 'remove', record, fields, mayStay }
}

/** The record of a line; undefined when there is none. */
async function recordOf(
  step: Step,
  document: Document,
  context: ApplyContext,
): Promise<BoundRecord | undefined> {
  const { journal } = context
  const entry = journal.entry(step.as)
  const sendBy = entry?.state === 'intent' ? entry.sendBy : entry?.updating?.sendBy
  if (sendBy !== undefined) leaveQuarantine(sendBy, journal)
  if (entry?.state === 'bound') {
    const { updating: _, state: __, ...record } = entry
    return record.removed ? undefined : record
  }
  const id = await find(step, document, context)
  if (id === undefined) return undefined
  const written = entry?.sent === undefined ? {} : { written: writtenBy(entry.sent) }
  return { resource: step.resource, id, adopted: false, at: journal.now(), ...written }
}

async function find(
  { as, resource }: Step,
  { head, lines, lineOwner, lineNumber }: Document,
  context: ApplyContext,
): Promise<string | undefined> {
  const owner = context.resolver.bindings.get(head)
  if (owner === undefined) return undefined
  const own = { [lineOwner]: Number(owner.id), [lineNumber]: Number(as.slice(lines.length)) }
  const rows = await findEqual(resource, own, context)
  return rows.toSorted((one, other) => Number(one.key) - Number(other.key))[0]?.key
}

/** A line nothing is known of but its number. */
function stepOf(as: string, { lineResource, zero }: Document): Step {
  const match = { by: 'equal', fields: [] } as const
  return { as, resource: lineResource, match, create: {}, update: zero, needs: [], line: true }
}
