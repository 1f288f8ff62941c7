import type { CrmClient } from './client.ts'
import { CrmBusyError, CrmError, CrmNotFoundError, CrmUnreachableError } from './errors.ts'
import {
  type BoundRecord,
  type Journal,
  type JournalChanges,
  NotYetError,
  type SendWindow,
} from './journal.ts'
import { lookUp } from './match.ts'
import type { Plan, Step } from './plan.ts'
import type { Entity } from './prototypes/field.ts'
import { PlanError, type Resolver, resolveChildren, resolveFields } from './resolve.ts'

export type ApplyDeps = {
  readonly client: CrmClient
  readonly entities: (name: string) => Promise<Entity>
  readonly journal: Journal
  /** Told when several records matched and the lowest id was taken. */
  readonly onAmbiguous?: (step: string, id: string, others: number) => void
}

type Decision =
  | { readonly step: Step; readonly act: 'adopt'; readonly record: BoundRecord }
  | { readonly step: Step; readonly act: 'create' }

/**
 * Makes the CRM contain the plan, in waves of independent steps. Before each wave's writes the journal stores what is
 * intended and what the last wave made, in one write; no request is open when this returns or throws.
 * Throws CrmError, NotYetError, or the journal's own error when the claim is lost.
 */
export async function applyPlan(plan: Plan, deps: ApplyDeps): Promise<ReadonlyMap<string, BoundRecord>> {
  const bindings = recall(plan, deps.journal)
  const resolver: Resolver = { bindings, entity: deps.entities }
  for (let wave = ready(plan, bindings); wave.length > 0; wave = ready(plan, bindings)) {
    const decisions = await settleAll(wave.map((step) => decide(step, resolver, deps)))
    const adopted = await adopt(decisions, deps.journal)
    const created = await createAll(toCreate(decisions), resolver, deps)
    for (const [as, record] of [...adopted, ...created]) bindings.set(as, record)
  }
  return bindings
}

/** What earlier tries have already brought about. */
function recall(plan: Plan, journal: Journal): Map<string, BoundRecord> {
  const entries = plan.steps.flatMap(({ as }) => {
    const entry = journal.entry(as)
    return entry?.state === 'bound' ? [[as, entry] as const] : []
  })
  return new Map(entries)
}

function ready(plan: Plan, bindings: ReadonlyMap<string, BoundRecord>): Step[] {
  const open = plan.steps.filter((step) => !bindings.has(step.as))
  const wave = open.filter((step) => step.needs.every((as) => bindings.has(as)))
  if (open.length > 0 && wave.length === 0) throw new PlanError('the steps of the plan wait for each other')
  return wave
}

/** Does the step's record exist, or is it ours to create? */
async function decide(step: Step, resolver: Resolver, deps: ApplyDeps): Promise<Decision> {
  const { journal } = deps
  const entry = journal.entry(step.as)
  if (entry?.state === 'intent') await leaveQuarantine(entry.sendBy, journal)
  const mustLook = entry !== undefined || !journal.fresh || step.match.by === 'natural'
  const found = mustLook ? await find(step, resolver, deps) : undefined
  if (found !== undefined) return { step, act: 'adopt', record: found }
  return step.match.by === 'natural'
    ? ownAndDecide(step, step.match.key, resolver, deps)
    : { step, act: 'create' }
}

async function leaveQuarantine(sendBy: number, journal: Journal): Promise<void> {
  const end = journal.quarantineEnd(sendBy)
  if (journal.now() < end) throw new NotYetError('quarantine', end)
}

/** Of the subjects that need the same new company or person, one creates it and the others take what it created. */
async function ownAndDecide(step: Step, key: string, resolver: Resolver, deps: ApplyDeps): Promise<Decision> {
  const ownership = await deps.journal.own(key, step.as)
  switch (ownership.state) {
    case 'held':
      throw new NotYetError('held', ownership.until)
    case 'created': {
      const record = await adoptCreated(step, ownership.id, deps)
      return record ? { step, act: 'adopt', record } : decideAgain(step, key, resolver, deps)
    }
    case 'mine': {
      const found = ownership.lookAgain ? await find(step, resolver, deps) : undefined
      if (found === undefined) return { step, act: 'create' }
      await settleKey(step, found.id, deps.journal)
      return { step, act: 'adopt', record: found }
    }
  }
}

/** Somebody deleted the record the key led to: free the key and ask once more. */
async function decideAgain(step: Step, key: string, resolver: Resolver, deps: ApplyDeps): Promise<Decision> {
  await deps.journal.settle(key, step.as, null)
  return ownAndDecide(step, key, resolver, deps)
}

async function adoptCreated(step: Step, id: string, deps: ApplyDeps): Promise<BoundRecord | undefined> {
  try {
    const row = await deps.client.entity(step.resource).get(id)
    return bound(step, id, true, (field) => row.get(field))
  } catch (error) {
    if (error instanceof CrmNotFoundError) return undefined
    throw error
  }
}

async function find(step: Step, resolver: Resolver, deps: ApplyDeps): Promise<BoundRecord | undefined> {
  const found = await lookUp(deps.client, step, deps.journal.marker(step.as), resolver)
  if (found === undefined) return undefined
  if (found.ambiguous > 0) deps.onAmbiguous?.(step.as, found.id, found.ambiguous)
  return bound(step, found.id, true, (field) => found.row.get(field))
}

async function adopt(decisions: readonly Decision[], journal: Journal): Promise<[string, BoundRecord][]> {
  const adopted = decisions.flatMap((one) => (one.act === 'adopt' ? [one] : []))
  for (const { step, record } of adopted) {
    if (journal.entry(step.as)?.state === 'intent') await settleKey(step, record.id, journal)
  }
  const pairs = adopted.map(({ step, record }): [string, BoundRecord] => [step.as, record])
  journal.note(Object.fromEntries(pairs.map(([as, record]) => [as, { ...record, state: 'bound' }])))
  return pairs
}

/** Whoever waits for a key we meant to fill is let go as soon as its record is known. */
async function settleKey(step: Step, id: string | null, journal: Journal): Promise<void> {
  if (step.match.by === 'natural') await journal.settle(step.match.key, step.as, id)
}

function toCreate(decisions: readonly Decision[]): Step[] {
  return decisions.flatMap((one) => (one.act === 'create' ? [one.step] : []))
}

async function createAll(steps: readonly Step[], resolver: Resolver, deps: ApplyDeps) {
  if (steps.length === 0) return []
  const window = deps.journal.openSendWindow()
  await deps.journal.write(intents(steps, window.sendBy, deps.journal))
  return settleAll(steps.map((step) => create(step, window, resolver, deps)))
}

function intents(steps: readonly Step[], sendBy: number, journal: Journal): JournalChanges {
  return Object.fromEntries(
    steps.map(({ as }) => [as, { state: 'intent', marker: journal.marker(as), sendBy } as const]),
  )
}

async function create(
  step: Step,
  window: SendWindow,
  resolver: Resolver,
  { client, journal }: ApplyDeps,
): Promise<[string, BoundRecord]> {
  try {
    const fields = await resolveFields(step.resource, marked(step, journal.marker(step.as)), resolver)
    const children = await resolveChildren(step.children ?? {}, resolver)
    if (!window.isOpen()) throw new CrmUnreachableError('not sent: the time for sending ran out')
    const row = await client.entity(step.resource).create(fields, children)
    const record = bound(step, row.key, false, (field) => fields[field])
    journal.note({ [step.as]: { ...record, state: 'bound' } })
    await settleKey(step, record.id, journal)
    return [step.as, record]
  } catch (error) {
    if (isDefinite(error, step)) await forget(step, journal)
    throw error
  }
}

/**
 * Nothing can have been committed: the intent is void and the next try need not wait for a quarantine.
 * A create with children that was answered with an error may have left its parent behind.
 */
function isDefinite(error: unknown, step?: Step): boolean {
  if (error instanceof PlanError) return true
  if (!(error instanceof CrmError) || error.committed === 'perhaps') return false
  const wasAnswered = error.status !== undefined && !(error instanceof CrmBusyError)
  return !(wasAnswered && step?.children !== undefined)
}

async function forget(step: Step, journal: Journal): Promise<void> {
  journal.note({ [step.as]: null })
  await settleKey(step, null, journal)
}

/** The fields to create with the marker where the step's match expects it. */
function marked(step: Step, marker: string): Step['create'] {
  const { match, create } = step
  if (match.by === 'natural') return create
  if (match.by === 'marker') return { ...create, [match.field]: marker }
  return { ...create, [match.field]: `${String(create[match.field] ?? '')}\n\n${marker}` }
}

function bound(step: Step, id: string, adopted: boolean, get: (field: string) => unknown): BoundRecord {
  const carried = Object.entries(step.carry ?? {}).flatMap(([name, field]) => {
    const value = get(field)
    return value === undefined || value === null || value === '' ? [] : [[name, String(value)] as const]
  })
  const record = { resource: step.resource, id, adopted }
  return carried.length === 0 ? record : { ...record, carried: Object.fromEntries(carried) }
}

/** Waits for all, so that nothing goes on behind the caller's back; then throws the failure that matters most. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises)
  const failures = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  if (failures.length > 0) throw failures.find((one) => !isDefinite(one)) ?? failures[0]
  return results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}
