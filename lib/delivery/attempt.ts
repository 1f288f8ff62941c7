import { type Applied, applyPlan } from '../crm/apply-plan.ts'
import { CrmAmbiguousError, CrmBusyError, CrmCredentialsError, CrmUnreachableError } from '../crm/errors.ts'
import type { Plan } from '../crm/plan.ts'
import type { CanonicalEvent } from '../events/index.ts'
import { automationEvent, isAutomation } from './automation/instance.ts'
import type { Claim, SubjectView } from './claim.ts'
import { claimJournal } from './claim-journal.ts'
import { withFetched } from './enrich.ts'
import { outcomeOf, streakOf } from './failure.ts'
import { fileLinks } from './file-links.ts'
import { sourceOf } from './instances.ts'
import { FencedOffError, type StoredEvent } from './ledger.ts'
import { type Deadline, quarantineEnd } from './limits.ts'
import type { TryOutcome } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { PayloadGoneError } from './receipts.ts'
import type { EventRecord } from './records.ts'
import { StoreUnavailableError } from './store/store.ts'
import { joinSubject, tellStory } from './subject-story.ts'
import { tally } from './tally.ts'
import { type Call, tracedClient } from './traced-client.ts'
import { wakeMany } from './wake.ts'

/** For this long a new ledger cannot know what an older one has already put into the CRM. */
const LOOK_FIRST_MS = 60 * 60_000

export type Tried = {
  readonly outcome: TryOutcome
  /** The event as it is stored after the try. */
  readonly event: StoredEvent
  /** What the subject contains when the outcome is `done`. */
  readonly view: SubjectView
  readonly calls: readonly Call[]
  readonly streak?: EventRecord['streak']
}

type Applying = Pick<Tried, 'outcome' | 'view'>

/** One try of one event under a claim. Every failure but the ledger's own becomes an outcome. */
export async function tryToDeliver(
  received: StoredEvent,
  claim: Claim,
  pipe: Pipe,
  deadline: Deadline,
): Promise<Tried> {
  /** The gate judges the CRM: what the vendor answered is none of its business. */
  const [fetches, calls]: [Call[], Call[]] = [[], []]
  let event = received
  try {
    event = await withFetched(received, fetches, pipe, deadline)
    const done = await tryToApply(event, claim, calls, pipe, deadline)
    if (calls.length > 0) await quietly(goOn(pipe.gate.succeeded(), pipe))
    return { ...done, event, calls: [...fetches, ...calls] }
  } catch (error) {
    if (error instanceof StoreUnavailableError || error instanceof FencedOffError) throw error
    await quietly(tellGate(error, calls, pipe))
    const outcome = await failed(error, event, claim, calls, pipe)
    return { ...outcome, event, view: claim.view, calls: [...fetches, ...calls] }
  }
}

async function failed(error: unknown, event: StoredEvent, claim: Claim, calls: readonly Call[], pipe: Pipe) {
  const { attempts, deferrals } = event.record
  const { now } = pipe.ledger.store
  const open = claim.latestSendBy()
  const streak = streakOf(error, calls, event.record.streak, now())
  const { lastSuccessAt } = await pipe.gate.state()
  const outcome = outcomeOf(error, {
    attempts,
    deferrals,
    now: now(),
    random: pipe.random,
    ...(open !== undefined && { quarantineEnd: quarantineEnd(open, pipe.times) }),
    ...(streak !== undefined && { streak }),
    lastSuccessAt,
  })
  return streak === undefined ? { outcome } : { outcome, streak }
}

/** What the gate is told helps others; a delivery does not fail for it. */
async function quietly(telling: Promise<void>): Promise<void> {
  await telling.catch((error: unknown) => {
    if (!(error instanceof StoreUnavailableError)) throw error
  })
}

/** Does the CRM work, apart from what it thinks of this event? */
async function tellGate(error: unknown, calls: readonly Call[], pipe: Pipe): Promise<void> {
  const { gate, metrics } = pipe
  const isFailure = [CrmUnreachableError, CrmBusyError, CrmAmbiguousError].some(
    (type) => error instanceof type,
  )
  const didSome = calls.some(({ result }) => result === 'ok')
  if (error instanceof CrmCredentialsError) await gate.lock(error.logon)
  else if (isFailure && didSome) await goOn(gate.answered(), pipe)
  else if (isFailure && calls.length > 0) {
    if (await gate.failed()) {
      metrics.count('breakerOpened', 1)
      await tally(pipe.ledger.store, ({ outages }) => ({ outages: outages + 1 }))
    }
  } else if (calls.length > 0) await goOn(gate.succeeded(), pipe)
}

/** Who finds that the CRM is back wakes those who work off what has come in meanwhile. */
async function goOn(hasOpened: Promise<boolean>, pipe: Pipe): Promise<void> {
  if (await hasOpened) await wakeMany(pipe, pipe.slots.count)
}

async function tryToApply(
  event: StoredEvent,
  claim: Claim,
  calls: Call[],
  pipe: Pipe,
  deadline: Deadline,
): Promise<Applying> {
  const { record } = event
  const planned = await planOf(event, claim.view, pipe)
  if ('outcome' in planned) return planned
  const { plan, view } = planned
  if (record.subject !== record.id) claim.begin(view)
  const applied = await applyPlan(plan, {
    client: tracedClient(pipe.crm, calls, pipe.monotonicMs),
    entities: pipe.entities,
    journal: await journalOf(record, claim, pipe, deadline),
    onAmbiguous: (step, recordId, count) => {
      const found = { eventId: record.id, step, recordId, count }
      pipe.log.warn('several records match, the lowest id is taken', found)
    },
    onTotalsWritten: (step) => {
      const found = { eventId: record.id, step }
      pipe.log.warn('the CRM did not add up: set order.totals to "written" and save the requests', found)
    },
  })
  return { outcome: done(applied), view }
}

type Told = Pick<Pipe, 'config' | 'ledger' | 'loadSource' | 'secret' | 'plan' | 'hash'>

/** What the CRM should contain once a subject contains an event; or why the event changes nothing. */
export async function planOf(
  event: StoredEvent,
  known: SubjectView,
  pipe: Told,
): Promise<{ readonly plan: Plan; readonly view: SubjectView } | Applying> {
  const { record } = event
  const happened = await readEvent(record, pipe)
  if (happened === 'erased') return ignored('payload-erased', known)
  if (happened.kind === 'ignored') return ignored(happened.reason, known)
  const view = joinSubject(known, record.id, happened.standing)
  if (view === undefined) return { outcome: stale(), view: known }
  const { story, snapshotReceivedAt } = await tellStory(view, (id) => readStored(id, event, happened, pipe))
  const receivedAt = snapshotReceivedAt ?? record.receivedAt
  const plan = await pipe.plan(happened.kind, story, {
    config: pipe.config,
    instance: record.instance,
    receivedAt: new Date(receivedAt),
    fileUrl: fileLinks(view.snapshot?.eventId ?? record.id, receivedAt, pipe),
  })
  return { plan, view }
}

function ignored(code: string, view: SubjectView): Applying {
  return { outcome: { kind: 'ignored', reason: { code, message: 'ignored' } }, view }
}

function stale(): TryOutcome {
  const message = 'a newer state of the same subject is, or is being, delivered'
  return { kind: 'stale', reason: { code: 'stale', message } }
}

function done(applied: Applied): TryOutcome {
  const settled = [...applied]
  const bindings = settled.flatMap(([as, { record }]) =>
    record === undefined ? [] : [[as, record] as const],
  )
  const effects = settled.map(([as, { effect, kept = [] }]) => {
    return [as, kept.length === 0 ? effect : `${effect}, people's: ${kept.join(', ')}`] as const
  })
  return { kind: 'done', bindings: Object.fromEntries(bindings), effects: Object.fromEntries(effects) }
}

/** What an event says, with today's adapter and configuration. */
async function readEvent(record: EventRecord, pipe: Told) {
  try {
    const verified = await pipe.ledger.payload(record)
    if (isAutomation(record.instance)) return automationEvent(verified)
    const { source, context } = await sourceOf(record.instance, pipe)
    return source.toEvent(verified, context)
  } catch (error) {
    if (error instanceof PayloadGoneError) return 'erased' as const
    throw error
  }
}

async function readStored(id: string, current: StoredEvent, happened: CanonicalEvent, pipe: Told) {
  const { record } = current
  if (id === record.id) return { event: happened, receivedAt: record.receivedAt }
  const stored = await pipe.ledger.load(id)
  const event = stored && (await readEvent(stored.record, pipe))
  if (stored === undefined || event === undefined || event === 'erased' || event.kind === 'ignored')
    return undefined
  return { event, receivedAt: stored.record.receivedAt }
}

async function journalOf(record: EventRecord, claim: Claim, pipe: Pipe, deadline: Deadline) {
  const knowsAllSince = (await pipe.ledgerBegan()) + LOOK_FIRST_MS
  const { bornAt = 0 } = claim
  return claimJournal(claim, {
    installation: pipe.config.installation,
    times: pipe.times,
    naturalKeys: pipe.naturalKeys,
    deadline,
    fresh: Math.min(bornAt, record.receivedAt) >= knowsAllSince,
    redriven: record.redriven,
    wasHeld: record.reason?.code === 'held',
    hash: pipe.hash,
    now: () => pipe.ledger.store.now(),
    monotonicMs: pipe.monotonicMs,
  })
}
