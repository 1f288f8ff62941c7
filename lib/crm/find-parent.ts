import { hasNoOthers } from './attached.ts'
import type { Row } from './client.ts'
import type { ApplyContext } from './decision.ts'
import { createdAt, findEqual, isEqual } from './equal.ts'
import { CrmMisconfiguredError } from './errors.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Step } from './plan.ts'
import type { Entity } from './prototypes/field.ts'
import { readRecord } from './read-record.ts'
import { resolveFields } from './resolve.ts'

type Intent = Extract<JournalEntry, { state: 'intent' }>

/** How far the clocks of the ledger and of the CRM may differ. */
export const CLOCKS_DIFFER_MS = 15 * 60_000

/**
 * The record that a create with children has left behind without the child it is known by: a person whose e-mail address
 * was not committed. It has the fields that were sent, was made at that time, and has no children but ours; the lowest id of
 * several. undefined when there is none, or when nothing was sent.
 * @throws CrmMisconfiguredError when one has the fields and nobody can tell whether it is ours
 */
export async function findParent(step: Step, context: ApplyContext): Promise<string | undefined> {
  const intent = context.journal.entry(step.as)
  if (intent?.state !== 'intent' || step.children === undefined) return undefined
  if (intent.parent !== undefined)
    return (await readRecord(context.client, step.resource, intent.parent))?.key
  const ours = await candidates(step, step.children, intent, context)
  const [first, ...others] = ours.toSorted((one, other) => Number(one) - Number(other))
  if (first !== undefined && others.length > 0) context.onAmbiguous?.(step.as, first, others.length)
  return first
}

async function candidates(
  step: Step,
  children: NonNullable<Step['children']>,
  intent: Intent,
  context: ApplyContext,
): Promise<string[]> {
  const { resource } = step
  const entity = await context.resolver.entity(resource)
  const fields = await resolveFields(resource, step.create, context.resolver)
  const found: string[] = []
  for (const row of await findEqual(resource, fields, context)) {
    if (
      isNew(row, intent, entity, context) &&
      (await hasNoOthers({ resource, id: row.key }, children, context))
    )
      found.push(row.key)
  }
  return found
}

function isNew(row: Row, intent: Intent, entity: Entity, { journal }: ApplyContext): boolean {
  const created = createdAt(row, entity)
  if (created !== undefined) return isOfThen(created, intent, journal)
  throw new CrmMisconfiguredError(
    `${entity.name} is returned without the time it was created: whether one with the same fields is ours cannot be told`,
  )
}

/** Whether a create of ours can have made a record at that time: not before it was sent, nor after its quarantine. */
function isOfThen(created: number, { sendBy }: Intent, journal: Pick<Journal, 'quarantineEnd'>): boolean {
  const latest = journal.quarantineEnd(sendBy) + CLOCKS_DIFFER_MS
  return created >= sendBy - CLOCKS_DIFFER_MS && created <= latest
}

/**
 * Whether a record that was found is what a create of ours, of unknown outcome, has made. Nothing is added to one that
 * people made meanwhile.
 */
export async function isMadeByUs(step: Step, id: string, context: ApplyContext): Promise<boolean> {
  const intent = context.journal.entry(step.as)
  if (intent?.state !== 'intent' || step.children === undefined) return false
  if (intent.parent === id || step.match.by !== 'natural') return true
  const row = await readRecord(context.client, step.resource, id)
  const entity = await context.resolver.entity(step.resource)
  const created = row && createdAt(row, entity)
  if (row === undefined || created === undefined || !isOfThen(created, intent, context.journal)) return false
  return isEqual(row, await resolveFields(step.resource, step.create, context.resolver), entity)
}
