import { completeRecord } from './complete-children.ts'
import { decideAll } from './decide.ts'
import type { ApplyContext, ApplyDeps, Complete, Decision } from './decision.ts'
import { rememberAgreement, tellDifferences } from './differs.ts'
import type { BoundRecord, Journal } from './journal.ts'
import { forgetKnown } from './kept-known.ts'
import { type LookUps, lookUpKnown } from './known.ts'
import { lookAhead } from './look-ahead.ts'
import { notInFull } from './not-in-full.ts'
import type { Document, Plan, Step } from './plan.ts'
import { PlanError } from './resolve.ts'
import { type Settled, settleKey, type Write, writeAll } from './write-wave.ts'

export type { ApplyDeps } from './decision.ts'
export type { Settled } from './write-wave.ts'
export type Applied = ReadonlyMap<string, Settled>

/** What is special about documents, for the plans that have one: a form has none. */
const ofDocuments = () => import('./document/index.ts')

/** A plan on its way. */
type Run = {
  readonly plan: Plan
  readonly context: ApplyContext
  readonly settled: Map<string, Settled>
  readonly bindings: Map<string, BoundRecord>
  readonly lookUps: LookUps
  /** Whether the document was left to people; undefined before its turn. */
  left?: boolean
}

/**
 * Makes the CRM contain the plan, in waves of independent steps. Before each wave's writes the journal stores what is
 * intended and what the last wave made, in one write; no request is open when this returns or throws.
 * Throws CrmError, NotYetError, or the journal's own error when the claim is lost.
 */
export async function applyPlan(wanted: Plan, deps: ApplyDeps): Promise<Applied> {
  const plan = await addingUp(wanted, deps)
  const bindings = new Map<string, BoundRecord>()
  const resolver = { bindings, entity: deps.entities, notInFull: notInFull(plan.steps, deps.entities) }
  const ahead = lookAhead(plan.steps, { ...deps, resolver })
  const begun = [...ahead.values()]
  const context: ApplyContext = { ...deps, resolver, ahead, found: new Map(), rows: new Map() }
  const lookUps = lookUpKnown(plan.known ?? [], context, bindings)
  const run: Run = { plan, context, settled: new Map(), bindings, lookUps }
  const required = plan.known?.filter((one) => one.required !== undefined) ?? []
  try {
    await lookUps.ready(required.map(({ as }) => as))
    for (let wave = ready(run); wave.length > 0; wave = ready(run)) {
      await lookUps.ready(wave.flatMap(({ needs }) => needs))
      await settleWave(wave, run)
    }
    await settleDocument(run)
  } finally {
    await Promise.allSettled([lookUps.atRest(), ...begun])
  }
  forgetKnown(plan.known ?? [], context.journal)
  return run.settled
}

async function addingUp(plan: Plan, deps: ApplyDeps): Promise<Plan> {
  if (plan.document === undefined) return plan
  const { withTotals } = await ofDocuments()
  return withTotals(plan, deps)
}

async function settleDocument({ plan, settled, context }: Run): Promise<void> {
  if (plan.document === undefined) return
  const { checkTotals } = await ofDocuments()
  await checkTotals(plan, plan.document, settled, context)
}

function ready({ plan, settled }: Run): Step[] {
  const known = new Set(plan.known?.map(({ as }) => as))
  const open = plan.steps.filter((step) => !settled.has(step.as))
  const wave = open.filter((step) => step.needs.every((as) => settled.has(as) || known.has(as)))
  if (open.length > 0 && wave.length === 0) throw new PlanError('the steps of the plan wait for each other')
  // What differs is told last: to look for it must not delay what was asked for.
  const plain = wave.filter(({ differs }) => differs === undefined)
  return plain.length > 0 ? plain : wave
}

async function settleWave(wave: readonly Step[], run: Run): Promise<void> {
  const { settled, bindings } = run
  for (const step of wave) settled.set(step.as, { effect: 'skipped' })
  const steps = await stepsToDo(wave, run)
  const done = await settleSteps(steps, run)
  for (const [as, one] of done) settled.set(as, one)
  for (const [as, { record }] of done) if (record !== undefined && !record.removed) bindings.set(as, record)
  await rememberAgreement(run.plan.steps, run.context)
  const { document } = run.plan
  if (document !== undefined && steps.some(({ as }) => as === document.head)) await removeLines(document, run)
}

/** Without what belongs to records that are gone, to a document that is left to people, or to nobody's differences. */
async function stepsToDo(wave: readonly Step[], run: Run): Promise<Step[]> {
  const { plan, context, settled } = run
  const { document } = plan
  const possible = wave.filter((step) => !isOrphan(step, settled))
  forget(
    possible.filter((step) => hasNewOwner(step, plan, settled)),
    context.journal,
  )
  if (document !== undefined && possible.some(({ as }) => as === document.head))
    run.left = await isLeft(document, run)
  const steps: Step[] = []
  for (const step of possible) steps.push(...(await stepToDo(step, run)))
  return steps
}

/** What the lines are to be has to be known, and is only where the head is there already. */
async function isLeft(document: Document, { plan, context, lookUps }: Run): Promise<boolean> {
  if (context.journal.entry(document.head) === undefined) return false
  await lookUps.ready(plan.known?.map(({ as }) => as) ?? [])
  const { isLeftToPeople } = await ofDocuments()
  return isLeftToPeople(plan, document, context)
}

async function stepToDo(step: Step, { plan, context, settled, left, bindings }: Run): Promise<Step[]> {
  if (left && (step.line || step.as === plan.document?.head)) {
    const entry = context.journal.entry(step.as)
    const record = entry?.state === 'bound' ? entry : undefined
    settled.set(step.as, { effect: 'left', record })
    if (record !== undefined) bindings.set(step.as, record)
    return []
  }
  if (step.when === 'left' && !left) return []
  if (step.differs === undefined) return [step]
  return [(await tellDifferences(step, plan.steps, context)) ?? []].flat()
}

/** A step of a record that people have deleted has nowhere to go. */
function isOrphan(step: Step, settled: ReadonlyMap<string, Settled>): boolean {
  return step.needs.some((as) => ['removed', 'skipped'].includes(settled.get(as)?.effect ?? ''))
}

/**
 * A record that is bound although its owner was only just made belongs to an owner that people have deleted. A company or a
 * person is no owner in this sense: a case outlives it, and an edited submission may be the first to name it. Nor has it one.
 */
function hasNewOwner(step: Step, { steps }: Plan, settled: ReadonlyMap<string, Settled>): boolean {
  if (step.match.by === 'natural') return false
  const { needs } = step
  const owners = steps.filter(({ as, match }) => needs.includes(as) && match.by !== 'natural')
  return owners.some(({ as }) => settled.get(as)?.effect === 'created')
}

function forget(steps: readonly Step[], journal: Journal): void {
  const bound = steps.filter(({ as }) => journal.entry(as)?.state === 'bound')
  journal.note(Object.fromEntries(bound.map(({ as }) => [as, null])))
}

/** Once the head of the document is there: lines that are not wanted go before those that are come. */
async function removeLines(document: Document, { plan, context, settled }: Run): Promise<void> {
  const head = settled.get(document.head)
  if (head?.record === undefined || head.record.removed) return
  const { linesToRemove, unwanted } = await ofDocuments()
  const { journal } = context
  if (head.effect === 'created') {
    journal.note(Object.fromEntries(unwanted(plan.steps, document, context).map((as) => [as, null])))
    return
  }
  const removals = await linesToRemove(plan.steps, document, context)
  const removed = await writeAll(removals, context, document.lineConcurrency)
  for (const [as, one] of removed) if (!plan.steps.some((step) => step.as === as)) settled.set(as, one)
}

/** What becomes of independent steps. */
async function settleSteps(steps: readonly Step[], { plan, context }: Run): Promise<[string, Settled][]> {
  const decisions = await decideAll(steps, context)
  const known = await keepKnown(decisions, context)
  const writes = decisions.filter((one): one is Write => one.act !== 'nothing' && one.act !== 'complete')
  const written = await writeAll(writes, context, plan.document?.lineConcurrency ?? 1)
  return [...known, ...written, ...(await completeAll(decisions, context))]
}

/** Remembers what needs no write. */
async function keepKnown(
  decisions: readonly Decision[],
  context: ApplyContext,
): Promise<[string, Settled][]> {
  const { journal } = context
  const known = decisions.flatMap((one) => (one.act === 'nothing' ? [one] : []))
  for (const { step, record } of known) {
    const wasIntent = journal.entry(step.as)?.state === 'intent'
    if (wasIntent && record !== undefined) await settleKey(step, record.id, context)
  }
  const bound = known.flatMap(({ step, record, effect }) =>
    record === undefined || effect === 'unchanged' ? [] : [[step.as, { ...record, state: 'bound' }] as const],
  )
  journal.note(Object.fromEntries(bound))
  return known.map(({ step, effect, record, kept }) => [step.as, { effect, record, kept }])
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
  await settleKey(step, id, context)
  return [step.as, { effect, record }]
}
