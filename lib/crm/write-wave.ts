import { boundRecord, hashesOf, marked, writtenFields } from './bound.ts'
import type { ApplyContext, Decision, Remove, Update } from './decision.ts'
import { CrmForbiddenError, CrmNotFoundError, CrmRejectedError } from './errors.ts'
import type { BoundRecord, Effect, JournalChanges, SendWindow } from './journal.ts'
import type { Step } from './plan.ts'
import { resolveChildren, resolveFields } from './resolve.ts'
import { sendInTurn } from './send-in-turn.ts'
import { isDefinite } from './settle-all.ts'

/** What became of one step. `kept`: fields that people have changed and that stayed as they are. */
export type Settled = {
  readonly effect: Effect
  readonly record?: BoundRecord | undefined
  readonly kept?: readonly string[] | undefined
}

export type Write = Exclude<Decision, { act: 'nothing' | 'complete' }>

/** So many intents are one write of the ledger. */
const INTENTS_AT_ONCE = 25

/**
 * Makes independent writes. What they intend is stored before, a part of them at a time; of many lines not all can be sent
 * before the window closes: the rest gets a new one.
 * @param lineConcurrency how many lines are sent at once
 */
export async function writeAll(
  writes: readonly Write[],
  context: ApplyContext,
  lineConcurrency: number,
): Promise<[string, Settled][]> {
  const settled: [string, Settled][] = []
  let open = writes
  while (open.length > 0) {
    const part = open.slice(0, INTENTS_AT_ONCE)
    const { done, unsent } = await writePart(part, context, lineConcurrency)
    settled.push(...done)
    open = [...unsent, ...open.slice(part.length)]
  }
  return settled
}

async function writePart(part: readonly Write[], context: ApplyContext, lineConcurrency: number) {
  const { journal } = context
  const window = journal.openSendWindow()
  await journal.write(await intents(part, window.sendBy, context))
  const atOnce = part.some(({ step }) => step.line) ? lineConcurrency : part.length
  const sent = await sendInTurn(part, atOnce, window.isOpen, (one) => write(one, window, context))
  if (sent.failure === undefined) return sent
  journal.note(Object.fromEntries(sent.unsent.map(asBefore)))
  throw sent.failure
}

/** What was never sent is not intended any more. */
function asBefore(one: Write): readonly [string, JournalChanges[string]] {
  return [one.step.as, one.act === 'create' ? null : { ...one.record, state: 'bound' }]
}

function write(one: Write, window: SendWindow, context: ApplyContext): Promise<[string, Settled]> {
  if (one.act === 'create') return create(one.step, window, context)
  return one.act === 'remove' ? remove(one, window, context) : update(one, window, context)
}

async function intents(
  writes: readonly Write[],
  sendBy: number,
  context: ApplyContext,
): Promise<JournalChanges> {
  const { journal } = context
  const entries = writes.map(async (one) => {
    const { as } = one.step
    if (one.act === 'create') {
      const sent = one.step.update && { sent: await sentBy(one.step, context) }
      return [as, { state: 'intent', marker: journal.marker(as), sendBy, ...sent }] as const
    }
    const removing = one.act === 'remove' ? { removing: true as const } : {}
    const updating = { sendBy, sent: hashesOf(journal, one.fields), ...removing }
    return [as, { ...one.record, state: 'bound', updating }] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** What a create says in the fields of `update`: should its answer never come, the record is known by it. */
async function sentBy(step: Step, context: ApplyContext): Promise<Record<string, string>> {
  const fields = await fieldsToCreate(step, context)
  return hashesOf(context.journal, pick(fields, Object.keys(step.update ?? {})))
}

function fieldsToCreate(step: Step, { journal, resolver }: ApplyContext) {
  return resolveFields(step.resource, marked(step, step.create, journal.marker(step.as)), resolver)
}

async function create(step: Step, window: SendWindow, context: ApplyContext): Promise<[string, Settled]> {
  const { client, journal, resolver } = context
  try {
    const fields = await fieldsToCreate(step, context)
    const children = await resolveChildren(step.children ?? {}, resolver)
    const isKept = step.update !== undefined
    const options = { mayBegin: window.isOpen, ...(isKept && { returnPartial: false as const }) }
    const row = await client.entity(step.resource).create(fields, children, options)
    const record = boundRecord(step, { id: row.key, adopted: false, get: (field) => fields[field] }, journal)
    const sent = isKept ? hashesOf(journal, pick(fields, Object.keys(step.update))) : {}
    const bound = isKept ? { ...record, written: writtenFields(journal, sent, row) } : record
    journal.note({ [step.as]: { ...bound, state: 'bound' } })
    await settleKey(step, row.key, context)
    return [step.as, { effect: 'created', record: bound }]
  } catch (error) {
    if (isDefinite(error, step)) {
      journal.note({ [step.as]: null })
      await settleKey(step, null, context)
    }
    throw error
  }
}

/** Whoever waits for a key we meant to fill is let go as soon as its record is known. */
export async function settleKey(step: Step, id: string | null, { journal }: ApplyContext): Promise<void> {
  if (step.match.by === 'natural') await journal.settle(step.match.key, step.as, id)
}

/** The fields that are there, by their names in any casing. */
function pick<T>(fields: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  return Object.fromEntries(Object.entries(fields).filter(([name]) => wanted.has(name.toLowerCase())))
}

async function update(
  { step, record, fields, kept }: Update,
  window: SendWindow,
  { client, journal }: ApplyContext,
): Promise<[string, Settled]> {
  const settled = (effect: Effect, bound: BoundRecord): [string, Settled] => {
    journal.note({ [step.as]: { ...bound, state: 'bound' } })
    return [step.as, { effect, record: bound, kept }]
  }
  try {
    const options = { mayBegin: window.isOpen, returnPartial: false } as const
    const row = await client.entity(step.resource).update(record.id, fields, options)
    const written = writtenFields(journal, hashesOf(journal, fields), row)
    return settled('updated', { ...record, written: { ...record.written, ...written } })
  } catch (error) {
    if (error instanceof CrmNotFoundError) return settled('removed', { ...record, removed: true })
    if (isDefinite(error)) journal.note({ [step.as]: { ...record, state: 'bound' } })
    throw error
  }
}

/** Deleted; or, where this CRM does not let us and it may stay, changed to what counts for nothing. */
async function remove(one: Remove, window: SendWindow, context: ApplyContext): Promise<[string, Settled]> {
  const { step, record, mayStay } = one
  const { client, journal } = context
  try {
    await client.entity(step.resource).delete(record.id, { mayBegin: window.isOpen })
  } catch (error) {
    const isRefused = [CrmForbiddenError, CrmRejectedError].some((type) => error instanceof type)
    if (isRefused && mayStay) return update({ ...one, act: 'update', kept: [] }, window, context)
    if (isDefinite(error) && !(error instanceof CrmNotFoundError))
      journal.note({ [step.as]: { ...record, state: 'bound' } })
    if (!(error instanceof CrmNotFoundError)) throw error
  }
  journal.note({ [step.as]: null })
  return [step.as, { effect: 'deleted' }]
}
