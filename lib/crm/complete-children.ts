import { attachedTo } from './attached.ts'
import { boundRecord } from './bound.ts'
import {
  type ChildKind,
  ChildrenUnknownError,
  kindOf,
  ownership,
  type Parent,
  primaryColumn,
} from './children.ts'
import type { CrmClient, Row } from './client.ts'
import type { ApplyContext, Complete } from './decision.ts'
import { createdAt, findEqual, isEqual } from './equal.ts'
import { CLOCKS_DIFFER_MS } from './find-parent.ts'
import type { Child, Step } from './plan.ts'
import { resolveFields, wireId } from './resolve.ts'
import type { WriteOptions } from './typed.ts'

type Plain = Awaited<ReturnType<typeof resolveFields>>
/** One write, under an intent of its own: its outcome may be unknown, too, and then the children are listed again. */
type Write = <T>(send: (client: CrmClient, options: WriteOptions) => Promise<T>) => Promise<T>
type Work = {
  readonly kind: ChildKind
  readonly parent: Parent
  /** The parent as it was read. */
  readonly row: Row
  readonly context: ApplyContext
  readonly write: Write
}

/**
 * Gives the record of a step, whose create may have been committed in part, the children it lacks, one by one. A record
 * that was found as any record is will do as it is where nobody can tell which children it has.
 * @throws ChildrenUnknownError when one was found that others would not find, or what a write throws
 */
export async function completeRecord({ step, id, found }: Complete, context: ApplyContext) {
  try {
    const row = await completeChildren(step, id, context)
    const made = found ?? boundRecord(step, { id, adopted: false, get: row.get }, context.journal)
    return { effect: 'created', record: { ...made, adopted: false } } as const
  } catch (error) {
    if (!(error instanceof ChildrenUnknownError) || found === undefined) throw error
    return { effect: 'adopted', record: found } as const
  }
}

async function completeChildren(step: Step, id: string, context: ApplyContext): Promise<Row> {
  const parent = { resource: step.resource, id }
  const row = await context.client.entity(step.resource).get(id)
  const write = writer(step, id, context)
  for (const [key, list] of Object.entries(step.children ?? {}))
    await completeKind(list, { kind: kindOf(key), parent, row, context, write })
  return row
}

function writer({ as }: Step, parent: string, { client, journal }: ApplyContext): Write {
  return async (send) => {
    const window = journal.openSendWindow()
    const entry = journal.entry(as)
    const intent =
      entry?.state === 'intent' ? entry : { state: 'intent' as const, marker: journal.marker(as) }
    await journal.write({ [as]: { ...intent, sendBy: window.sendBy, parent } })
    return send(client, { mayBegin: window.isOpen })
  }
}

async function completeKind(list: readonly Child[], work: Work): Promise<void> {
  const { kind, parent, context } = work
  const entity = await context.resolver.entity(kind.entity)
  const attached = await attachedTo(parent, kind, context)
  for (const child of list) {
    const fields = await resolveFields(kind.entity, child.fields, context.resolver)
    const index = attached.findIndex((row) => isEqual(row, fields, entity))
    const [there] = index < 0 ? [] : attached.splice(index, 1)
    const id = there?.key ?? (await attach(fields, child.type, work))
    if (child.isDefault) await makePrimary(id, work)
  }
}

async function attach(fields: Plain, type: string, work: Work): Promise<string> {
  const { kind, parent, context, write } = work
  const { entity, link } = kind
  const owner = await resolveFields(link?.entity ?? entity, ownership(kind, parent), context.resolver)
  const make = (more: Plain = {}) =>
    write((client, options) => client.entity(entity).create({ ...fields, ...more }, {}, options))
  if (link === undefined) return (await make(owner)).key
  const child = (await findLoose(fields, link, work)) ?? (await make()).key
  const named = { ...owner, [link.child]: wireId(child), [link.type]: type }
  await write((client, options) => client.entity(link.entity).create(named, {}, options))
  return child
}

/** A child that was made with its parent, or after it, and that nothing links to: its link is what was lost. */
async function findLoose(
  fields: Plain,
  link: NonNullable<ChildKind['link']>,
  { kind, parent, row, context }: Work,
): Promise<string | undefined> {
  const [entity, owner] = await Promise.all([kind.entity, parent.resource].map(context.resolver.entity))
  if (entity === undefined || owner === undefined) return undefined
  const since = (createdAt(row, owner) ?? 0) - CLOCKS_DIFFER_MS
  const same = await findEqual(kind.entity, fields, context)
  const recent = same.filter((one) => (createdAt(one, entity) ?? since) >= since)
  for (const { key } of recent.toSorted((one, other) => Number(one.key) - Number(other.key))) {
    const links = await findEqual(link.entity, { [link.child]: wireId(key) }, context)
    if (links.length === 0) return key
  }
  return undefined
}

/** Only where the parent has no default child: another one is people's choice. */
async function makePrimary(id: string, { kind, parent, row, write }: Work): Promise<void> {
  const column = primaryColumn(kind, parent)
  if (column === undefined || ![null, 0, ''].includes(row.get(column) as null)) return
  const fields = { [column]: wireId(id) }
  await write((client, options) => client.entity(parent.resource).update(parent.id, fields, options))
}
