import { hashesOf, hashOf, isAnother, isOurs, writtenBy } from './bound.ts'
import type { Row } from './client.ts'
import { decideExisting } from './decide-existing.ts'
import type { ApplyContext, Decision, PlainFields } from './decision.ts'
import { find, updateOf } from './find.ts'
import { isMadeByUs } from './find-parent.ts'
import { type BoundRecord, type Effect, type Journal, type JournalEntry, leaveQuarantine } from './journal.ts'
import { create, keyOf, leaveToHolder, own } from './own.ts'
import type { Match, Step } from './plan.ts'
import { readRecord } from './read-record.ts'
import { PlanError, resolveFields } from './resolve.ts'
import { settleAll } from './settle-all.ts'

/** A step whose record is not there and that is not known to be anybody's. */
type Absent = { readonly step: Step; readonly act: 'own' }

/**
 * Decides about independent steps. Look-ups run side by side; ownership of natural keys is then taken one after another in
 * the order of the keys, so that two subjects never wait for each other.
 */
export async function decideAll(steps: readonly Step[], context: ApplyContext): Promise<Decision[]> {
  const first = await settleAll(steps.map((step) => decide(step, context)))
  const owned = new Map<string, Decision>()
  for (const { step } of first.filter(isAbsent).toSorted(byKey)) owned.set(step.as, await own(step, context))
  return first.map((one) => (isAbsent(one) ? (owned.get(one.step.as) ?? create(one.step)) : one))
}

function isAbsent(decision: Decision | Absent): decision is Absent {
  return decision.act === 'own'
}

function byKey(one: Absent, other: Absent): number {
  return keyOf(one.step) < keyOf(other.step) ? -1 : 1
}

export async function decide(step: Step, context: ApplyContext): Promise<Decision | Absent> {
  const { journal } = context
  const last = journal.entry(step.as)
  const entry = last?.state === 'bound' && isAnother(step, last, journal) ? undefined : last
  if (step.match.by === 'id') return decideExisting(step, step.match, context)
  if (entry?.state === 'bound') return decideBound(step, entry, context)
  if (step.match.by === 'step') return decideBound(step, recordOf(step.match, context), context)
  if (entry !== undefined) return decideUnbound(step, entry, context)
  if (journal.wasHeld) await leaveToHolder(step, journal)
  const decision = await decideUnbound(step, undefined, context)
  remember(decision, journal)
  return decision
}

/** What is known need not be looked up again, should another step of the wave not come to a decision. */
function remember(decision: Decision | Absent, journal: Journal): void {
  if (decision.act === 'nothing' && decision.record !== undefined)
    journal.note({ [decision.step.as]: { ...decision.record, state: 'bound' } })
}

/** Does the step's record exist, or is it ours to create? `intent`: an earlier create whose outcome nobody knows. */
async function decideUnbound(
  step: Step,
  intent: Intent | undefined,
  context: ApplyContext,
): Promise<Decision | Absent> {
  const { journal } = context
  if (intent !== undefined) leaveQuarantine(intent.sendBy, journal)
  const mustLook = intent !== undefined || !journal.fresh || step.match.by === 'natural'
  const found = mustLook ? await find(step, context) : undefined
  if (found === undefined) return step.match.by === 'natural' ? { step, act: 'own' } : create(step)
  if (await isMadeByUs(step, found.id, context)) return { step, act: 'complete', id: found.id, found }
  if (intent?.sent !== undefined) return decideFound(step, found, intent.sent, context)
  const effect = step.match.by === 'natural' ? 'adopted' : 'created'
  return { step, act: 'nothing', effect, record: found }
}

/** A create of ours has come true. By now the step may want other values than that create sent. */
async function decideFound(
  step: Step,
  found: BoundRecord,
  sent: Readonly<Record<string, string>>,
  context: ApplyContext,
): Promise<Decision | Absent> {
  const made = { ...found, adopted: false, written: writtenBy(sent), state: 'bound' } as const
  const decision = await decideBound(step, made, context)
  const isAsItWasSent = decision.act === 'nothing' && decision.effect === 'unchanged'
  return isAsItWasSent ? { ...decision, effect: 'created' } : decision
}

/** What an earlier step made, as it left it: what that has written is not people's. */
function recordOf({ of }: Extract<Match, { by: 'step' }>, { journal, resolver }: ApplyContext): Bound {
  const record = resolver.bindings.get(of)
  if (record === undefined) throw new PlanError(`the plan fills the record of "${of}", which is not bound`)
  const { resource, id, written } = record
  const why = `the record of "${of}"`
  return { resource, id, written, adopted: true, at: journal.now(), why, state: 'bound' }
}

type Intent = Extract<JournalEntry, { state: 'intent' }>
type Bound = Extract<JournalEntry, { state: 'bound' }>

/** The record is known. Is it still there, and does it contain what it should? */
async function decideBound(
  step: Step,
  { state: _, ...record }: Bound,
  context: ApplyContext,
): Promise<Decision | Absent> {
  const { journal } = context
  if (record.removed) return gone(step, record, context)
  if (record.updating !== undefined) leaveQuarantine(record.updating.sendBy, journal)
  const fields = await newFields(step, record, context)
  const names = Object.keys(fields)
  if (names.length === 0 && journal.redriven === undefined && !record.updating?.removing)
    return { step, act: 'nothing', effect: 'unchanged', record }
  const row = await readOnce(step.resource, record.id, context)
  if (row === undefined) return gone(step, record, context)
  const ours = names.filter((name) => step.overwrite || isOurs(journal, record, name, row.get(name)))
  const kept = names.filter((name) => !ours.includes(name))
  const known = seen(leaving(record, kept, fields, journal), ours, row, journal)
  const isThere = (name: string) =>
    hashOf(journal, name, row.get(name)) === hashOf(journal, name, fields[name])
  const missing = ours.filter((name) => !isThere(name))
  if (missing.length > 0) {
    const mine = Object.fromEntries(missing.map((name) => [name, fields[name] ?? null]))
    return { step, act: 'update', record: known, fields: mine, kept }
  }
  return { step, act: 'nothing', effect: effectOf(ours, kept), record: known, kept }
}

/** A row that was read in this run already is not asked for again. */
export function rowKey(resource: string, id: string): string {
  return `${resource.toLowerCase()}('${id}')`
}

async function readOnce(resource: string, id: string, { client, rows }: ApplyContext) {
  const key = rowKey(resource, id)
  const row = rows.get(key)
  rows.delete(key)
  return row ?? readRecord(client, resource, id)
}

/** An update whose answer never came may turn out to have been made. */
function effectOf(ours: readonly string[], kept: readonly string[]): Effect {
  if (kept.length > 0) return 'kept'
  return ours.length > 0 ? 'updated' : 'unchanged'
}

/** What our fields hold now is known again, whichever of our writes left it there. */
function seen(record: BoundRecord, ours: readonly string[], row: Row, journal: Journal): BoundRecord {
  if (ours.length === 0) return record
  const now = ours.map((name) => {
    const hash = hashOf(journal, name, row.get(name))
    return [name.toLowerCase(), { sent: hash, seen: hash }] as const
  })
  return { ...record, written: { ...record.written, ...Object.fromEntries(now) } }
}

/** The fields of `update` that are wanted differently from last time, or that may or may not have been written. */
export async function newFields(step: Step, record: BoundRecord, { journal, resolver }: ApplyContext) {
  if (step.update === undefined || step.match.by === 'natural') return {}
  const wanted = await resolveFields(step.resource, updateOf(step, journal), resolver)
  const hashes = hashesOf(journal, wanted)
  const isNew = (name: string) =>
    record.updating?.sent[name] !== undefined || record.written?.[name]?.sent !== hashes[name]
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => isNew(name.toLowerCase())))
}

/** Fields that are people's are not asked about again before something else is wanted of them. */
function leaving(
  record: BoundRecord,
  kept: readonly string[],
  wanted: PlainFields,
  journal: Journal,
): BoundRecord {
  const { updating: _, ...rest } = record
  if (kept.length === 0) return rest
  const sent = hashesOf(journal, Object.fromEntries(kept.map((name) => [name, wanted[name] ?? null])))
  const left = Object.entries(sent).map(([name, hash]) => [name, { sent: hash }] as const)
  return { ...rest, written: { ...rest.written, ...Object.fromEntries(left) } }
}

/**
 * A record that people deleted is not made again, nor here if it is another step's; one that we meant to delete, and that is
 * wanted once more, is. One that is found by a natural key is anybody's and is looked for anew.
 */
function gone(step: Step, record: BoundRecord, context: ApplyContext): Decision | Promise<Decision | Absent> {
  const isMadeAnew = step.match.by !== 'step' && context.journal.redriven === 'recreate'
  const isOurDoing = record.updating?.removing === true
  const isForgotten = isOurDoing || step.match.by === 'natural' || isMadeAnew
  if (!isForgotten) return { step, act: 'nothing', effect: 'removed', record: { ...record, removed: true } }
  context.journal.note({ [step.as]: null })
  return decideUnbound(step, undefined, context)
}
