import { applyPlan } from '../crm/apply-plan.ts'
import { planFor } from '../plans/index.ts'
import type { SourceContext } from '../sources/source.ts'
import { type Claim, claimSubject } from './claim.ts'
import { claimJournal } from './claim-journal.ts'
import { outcomeOf } from './failure.ts'
import { sourceOf } from './instances.ts'
import { FencedOffError, type Ledger, type StoredEvent } from './ledger.ts'
import { type Deadline, quarantineEnd } from './limits.ts'
import type { FinishedOutcome, Outcome } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { unpack } from './records.ts'
import { StoreUnavailableError } from './store/store.ts'

/** Beyond what is left of this invocation, so that nobody takes over while it may still be working. */
const LEASE_MARGIN_MS = 5_000
/** For this long a new ledger cannot know what an older one has already put into the CRM. */
const LOOK_FIRST_MS = 60 * 60_000
/** Somebody else is at work on the subject: come back soon. */
const BUSY_RETRY_MS = 1_000

/**
 * The story of one event, the same for the first try, a retry, a redrive and a scheduled run: claim its subject, say
 * in the CRM's words what should be there, make it so, write down what came of it.
 * @throws StoreUnavailableError when the ledger cannot be read or written; nothing else
 */
export async function deliver(eventId: string, pipe: Pipe, deadline: Deadline): Promise<Outcome> {
  const event = await pipe.ledger.load(eventId)
  if (event === undefined) return { kind: 'duplicate', first: undefined }
  if (isFinished(event)) return { kind: 'duplicate', first: finishedOutcome(event) }
  const { store } = pipe.ledger
  const early = tooEarly(event, store.now())
  if (early !== undefined) return early
  const claimed = await claimSubject(store, event.record.subject, deadline.remainingMs() + LEASE_MARGIN_MS)
  if (claimed.state === 'busy') return busy(store.now(), claimed.until)
  try {
    return await deliverClaimed(event, claimed.claim, pipe, deadline)
  } catch (error) {
    if (error instanceof FencedOffError) return busy(store.now(), store.now() + BUSY_RETRY_MS)
    throw error
  }
}

async function deliverClaimed(
  event: StoredEvent,
  claim: Claim,
  pipe: Pipe,
  deadline: Deadline,
): Promise<Outcome> {
  const outcome = await attempt(event, claim, pipe, deadline)
  if (outcome.kind === 'done' && !claim.contains(event.record.id)) await claim.apply(event.record.id)
  else await claim.release()
  await writeDown(outcome, event, pipe.ledger)
  return outcome
}

/**
 * What came of the try, in the event's record. A sweeper that moved the wake-up meanwhile does not matter: the event is
 * read again. Another worker that has finished it meanwhile does.
 */
async function writeDown(outcome: Outcome, event: StoredEvent, ledger: Ledger): Promise<void> {
  try {
    await settle(event, outcome, ledger)
  } catch (error) {
    const current = error instanceof FencedOffError ? await ledger.load(event.record.id) : undefined
    if (current === undefined || isFinished(current)) throw error
    await settle(current, outcome, ledger)
  }
}

function settle(event: StoredEvent, outcome: Outcome, ledger: Ledger): Promise<unknown> {
  switch (outcome.kind) {
    case 'done':
      return ledger.finish(event, outcome.bindings)
    case 'ignored':
      return ledger.ignore(event, outcome.reason)
    case 'parked':
      return ledger.park(event, outcome.reason)
    case 'retry-later':
      return ledger.wait(event, outcome.notBefore, outcome.reason)
    case 'duplicate':
      return Promise.resolve()
  }
}

/** One try. Every failure but the ledger's own becomes an outcome. */
async function attempt(event: StoredEvent, claim: Claim, pipe: Pipe, deadline: Deadline): Promise<Outcome> {
  try {
    return await tryToApply(event, claim, pipe, deadline)
  } catch (error) {
    if (error instanceof StoreUnavailableError || error instanceof FencedOffError) throw error
    const open = claim.latestSendBy()
    return outcomeOf(error, {
      attempts: event.record.attempts,
      now: pipe.ledger.store.now(),
      random: pipe.random,
      ...(open !== undefined && { quarantineEnd: quarantineEnd(open, pipe.times) }),
    })
  }
}

async function tryToApply(
  event: StoredEvent,
  claim: Claim,
  pipe: Pipe,
  deadline: Deadline,
): Promise<Outcome> {
  const { record } = event
  const { source, context } = await sourceOf(record.instance, pipe)
  const happened = source.toEvent(await unpack(record.receipt), context)
  if (happened.kind === 'ignored')
    return { kind: 'ignored', reason: { code: happened.reason, message: 'ignored' } }
  const plan = planFor(happened, planContext(record, pipe, context))
  const bindings = await applyPlan(plan, {
    client: pipe.crm,
    entities: pipe.entities,
    journal: await journalOf(record, claim, pipe, deadline),
    onAmbiguous: (step, recordId, count) => {
      pipe.log.warn('several records match, the lowest id is taken', {
        eventId: record.id,
        step,
        recordId,
        count,
      })
    },
  })
  return { kind: 'done', bindings: Object.fromEntries(bindings) }
}

function planContext(record: StoredEvent['record'], pipe: Pipe, { instance }: SourceContext) {
  return { config: pipe.config, instance, receivedAt: new Date(record.receivedAt) }
}

async function journalOf(record: StoredEvent['record'], claim: Claim, pipe: Pipe, deadline: Deadline) {
  const isOlderThanLedger = record.receivedAt - (await pipe.ledgerBegan()) < LOOK_FIRST_MS
  return claimJournal(claim, {
    installation: pipe.config.installation,
    times: pipe.times,
    naturalKeys: pipe.naturalKeys,
    deadline,
    fresh: claim.isFirst && !isOlderThanLedger,
    now: () => pipe.ledger.store.now(),
  })
}

function busy(now: number, until: number): Outcome {
  const notBefore = Math.min(until, now + BUSY_RETRY_MS)
  return {
    kind: 'retry-later',
    notBefore,
    reason: { code: 'busy', message: 'another worker has the subject' },
  }
}

/** A second message for an event that waits must not cut its wait short: the CRM may have asked for it. */
function tooEarly({ record }: StoredEvent, now: number): Outcome | undefined {
  const { notBefore = 0, reason } = record
  if (record.state !== 'waiting' || notBefore <= now) return undefined
  return { kind: 'retry-later', notBefore, reason: reason ?? { code: 'waiting', message: 'not yet due' } }
}

function isFinished({ record }: StoredEvent): boolean {
  return record.state !== 'received' && record.state !== 'waiting'
}

/** What a finished event came to; undefined while it is not finished. */
export function finishedOutcome({ record }: StoredEvent): FinishedOutcome | undefined {
  const reason = record.reason ?? { code: 'unknown', message: '' }
  switch (record.state) {
    case 'done':
      return { kind: 'done', bindings: record.bindings ?? {} }
    case 'ignored':
    case 'parked':
      return { kind: record.state, reason }
    default:
      return undefined
  }
}
