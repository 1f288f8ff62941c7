import { boundRecord, hashesOf, marked, writtenFields } from './bound.ts'
import { completeRecord } from './complete-children.ts'
import {
  type ApplyContext,
  type ApplyDeps,
  type Complete,
  type Decision,
  decideAll,
  type Update,
} from './decide.ts'
import { CrmNotFoundError } from './errors.ts'
import type { BoundRecord, Effect, Journal, JournalChanges, SendWindow } from './journal.ts'
import type { Plan, Step } from './plan.ts'
import { PlanError, resolveChildren, resolveFields } from './resolve.ts'
import { isDefinite, settleAll } from './settle-all.ts'

export type { ApplyDeps } from './decide.ts'

/** What became of one step. `kept`: fields that people have changed and that stayed as they are. */
export type Settled = {
  readonly effect: Effect
  readonly record?: BoundRecord | undefined
  readonly kept?: readonly string[] | undefined
}
export type Applied = ReadonlyMap<string, Settled>

/**
 * Makes the CRM contain the plan, in waves of independent steps. Before each wave's writes the journal stores what is
 * intended and what the last wave made, in one write; no request is open when this returns or throws.
 * Throws CrmError, NotYetError, or the journal's own error when the claim is lost.
 */
export async function applyPlan(plan: Plan, deps: ApplyDeps): Promise<Applied> {
  const settled = new Map<string, Settled>()
  const bindings = new Map<string, BoundRecord>()
  const context: ApplyContext = { ...deps, resolver: { bindings, entity: deps.entities } }
  for (let wave = ready(plan, settled); wave.length > 0; wave = ready(plan, settled)) {
    const steps = wave.filter((step) => !isOrphan(step, settled))
    forget(
      steps.filter((step) => hasNewOwner(step, plan, settled)),
      deps.journal,
    )
    const decisions = await decideAll(steps, context)
    const known = await keepKnown(decisions, deps.journal)
    const written = await writeAll(decisions, context)
    const completed = await completeAll(decisions, context)
    for (const step of wave) settled.set(step.as, { effect: 'skipped' })
    for (const [as, one] of [...known, ...written, ...completed]) settled.set(as, one)
    for (const [as, { record }] of settled)
      if (record !== undefined && !record.removed) bindings.set(as, record)
  }
  return settled
}

function ready(plan: Plan, settled: ReadonlyMap<string, Settled>): Step[] {
  const open = plan.steps.filter((step) => !settled.has(step.as))
  const wave = open.filter((step) => step.needs.every((as) => settled.has(as)))
  if (open.length > 0 && wave.length === 0) throw new PlanError('the steps of the plan wait for each other')
  return wave
}

/** A step of a record that people have deleted has nowhere to go. */
function isOrphan(step: Step, settled: ReadonlyMap<string, Settled>): boolean {
  return step.needs.some((as) => ['removed', 'skipped'].includes(settled.get(as)?.effect ?? ''))
}

/**
 * A record that is bound although its owner was only just made belongs to an owner that people have deleted. A company or a
 * person is no owner in this sense: a case outlives it, and an edited submission may be the first to name it.
 */
function hasNewOwner({ needs }: Step, { steps }: Plan, settled: ReadonlyMap<string, Settled>): boolean {
  const owners = steps.filter(({ as, match }) => needs.includes(as) && match.by !== 'natural')
  return owners.some(({ as }) => settled.get(as)?.effect === 'created')
}

function forget(steps: readonly Step[], journal: Journal): void {
  const bound = steps.filter(({ as }) => journal.entry(as)?.state === 'bound')
  if (bound.length > 0) journal.note(Object.fromEntries(bound.map(({ as }) => [as, null])))
}

/** Remembers what needs no write. */
async function keepKnown(decisions: readonly Decision[], journal: Journal): Promise<[string, Settled][]> {
  const known = decisions.flatMap((one) => (one.act === 'nothing' ? [one] : []))
  for (const { step, record } of known) {
    const wasIntent = journal.entry(step.as)?.state === 'intent'
    if (wasIntent && record !== undefined) await settleKey(step, record.id, journal)
  }
  const bound = known.flatMap(({ step, record, effect }) =>
    record === undefined || effect === 'unchanged' ? [] : [[step.as, { ...record, state: 'bound' }] as const],
  )
  journal.note(Object.fromEntries(bound))
  return known.map(({ step, effect, record, kept }) => [step.as, { effect, record, kept }])
}

/** Whoever waits for a key we meant to fill is let go as soon as its record is known. */
async function settleKey(step: Step, id: string | null, journal: Journal): Promise<void> {
  if (step.match.by === 'natural') await journal.settle(step.match.key, step.as, id)
}

/** One after the other: each write of each has an intent of its own. */
async function completeAll(
  decisions: readonly Decision[],
  context: ApplyContext,
): Promise<[string, Settled][]> {
  const completed: [string, Settled][] = []
  for (const one of decisions) if (one.act === 'complete') completed.push(await complete(one, context))
  return completed
}

async function complete(one: Complete, context: ApplyContext): Promise<[string, Settled]> {
  const { step, id } = one
  const { journal } = context
  const { effect, record } = await completeRecord(one, context)
  journal.note({ [step.as]: { ...record, state: 'bound' } })
  await settleKey(step, id, journal)
  return [step.as, { effect, record }]
}

type Write = Exclude<Decision, { act: 'nothing' | 'complete' }>

async function writeAll(decisions: readonly Decision[], context: ApplyContext): Promise<[string, Settled][]> {
  const writes = decisions.flatMap((one) => (one.act === 'nothing' || one.act === 'complete' ? [] : [one]))
  if (writes.length === 0) return []
  const { journal } = context
  const window = journal.openSendWindow()
  await journal.write(await intents(writes, window.sendBy, context))
  return settleAll(
    writes.map((one) =>
      one.act === 'create' ? create(one.step, window, context) : update(one, window, context),
    ),
  )
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
    const updating = { sendBy, sent: hashesOf(journal, one.fields) }
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
    await settleKey(step, row.key, journal)
    return [step.as, { effect: 'created', record: bound }]
  } catch (error) {
    if (isDefinite(error, step)) {
      journal.note({ [step.as]: null })
      await settleKey(step, null, journal)
    }
    throw error
  }
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
