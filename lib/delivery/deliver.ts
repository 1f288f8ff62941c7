import { type Tried, tryToDeliver } from './attempt.ts'
import { BACKOFF, backoffMs } from './backoff.ts'
import { type Claim, claimSubject } from './claim.ts'
import { fingerprintOf } from './failure.ts'
import type { Admission } from './gate.ts'
import { FencedOffError, type StoredEvent, type WriteChange } from './ledger.ts'
import { type Deadline, LEASE_MARGIN_MS } from './limits.ts'
import type { FinishedOutcome, Outcome, RetryLater } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { type Attempt, isFinished } from './records.ts'
import type { Slot } from './slots.ts'

/** A form is answered at once rather than queued if another delivery of this process ends soon. */
const WAIT_FOR_SLOT_MS = 500

const METRICS = {
  done: 'done',
  stale: 'stale',
  ignored: 'ignored',
  parked: 'parked',
  'retry-later': 'retried',
} as const

/**
 * The story of one event, the same for the first try, a retry, a redrive and a scheduled run: is the CRM to be asked at all,
 * is there a slot, then claim its subject, say in the CRM's words what should be there, make it so, write down what came of
 * it.
 * @param held a slot the caller has; without one a slot is taken and given back
 * @throws StoreUnavailableError when the ledger cannot be read or written; nothing else
 */
export async function deliver(
  eventId: string,
  pipe: Pipe,
  deadline: Deadline,
  held?: Slot,
): Promise<Outcome> {
  const event = await pipe.ledger.load(eventId)
  return event === undefined
    ? { kind: 'duplicate', first: undefined }
    : deliverStored(event, pipe, deadline, held)
}

/** The same for an event as it is stored now. */
export async function deliverStored(
  event: StoredEvent,
  pipe: Pipe,
  deadline: Deadline,
  held?: Slot,
): Promise<Outcome> {
  if (isFinished(event.record)) return { kind: 'duplicate', first: finishedOutcome(event) }
  const early = tooEarly(event, pipe.ledger.store.now())
  if (early !== undefined) return early
  const admission = await pipe.gate.admit(event.record.instance)
  if (!admission.admitted) return defer(event, refusal(admission, pipe), pipe)
  const leaseMs = deadline.remainingMs() + LEASE_MARGIN_MS
  const slot = held ?? (await pipe.slots.take(leaseMs, WAIT_FOR_SLOT_MS))
  if (slot === undefined) return defer(event, noSlot(event, pipe), pipe)
  try {
    return await deliverInSlot(event, leaseMs, pipe, deadline)
  } finally {
    if (held === undefined) await slot.free()
  }
}

async function deliverInSlot(
  event: StoredEvent,
  leaseMs: number,
  pipe: Pipe,
  deadline: Deadline,
): Promise<Outcome> {
  const { store } = pipe.ledger
  const claimed = await claimSubject(store, event.record.subject, leaseMs)
  if (claimed.state === 'busy') return defer(event, busy(event, claimed.until, pipe), pipe)
  const [at, began] = [store.now(), pipe.monotonicMs()]
  try {
    const { claim } = claimed
    const tried = await tryToDeliver(event, claim, pipe, deadline)
    const { outcome } = tried
    if (outcome.kind === 'parked') claim.dismiss()
    await writeDown(tried, attemptOf(tried, at, pipe.monotonicMs() - began), claim, pipe)
    pipe.metrics.count(METRICS[outcome.kind], 1, event.record.instance)
    return outcome
  } catch (error) {
    if (error instanceof FencedOffError) return overtaken(pipe)
    throw error
  }
}

function attemptOf({ outcome, calls }: Tried, at: number, ms: number): Attempt {
  const code = 'reason' in outcome ? { code: outcome.reason.code } : {}
  const effects = outcome.kind === 'done' ? { effects: outcome.effects } : {}
  return { at, ms: Math.round(ms), outcome: outcome.kind, ...code, calls, ...effects }
}

/**
 * What came of the try: in the subject, which is given back, and then in the event's record. A sweeper that moved the
 * wake-up meanwhile does not matter: the event is read again. Another worker that has finished it meanwhile does.
 */
async function writeDown(tried: Tried, attempt: Attempt, claim: Claim, pipe: Pipe): Promise<void> {
  const { event, outcome, view } = tried
  const joined = outcome.kind === 'done' ? { eventId: event.record.id, view } : undefined
  const write: WriteChange = (change) => claim.giveBack(joined, change)
  try {
    await settle(tried, event, attempt, write, pipe)
  } catch (error) {
    if (!(error instanceof FencedOffError && claim.isGivenBack)) throw error
    const current = await pipe.ledger.load(event.record.id)
    if (current === undefined || isFinished(current.record)) throw error
    await settle(tried, current, attempt, write, pipe)
  }
}

async function settle(
  tried: Tried,
  event: StoredEvent,
  attempt: Attempt,
  write: WriteChange,
  pipe: Pipe,
): Promise<void> {
  const { ledger, log } = pipe
  const { outcome, streak } = tried
  switch (outcome.kind) {
    case 'done':
      await ledger.finish(event, { bindings: outcome.bindings, attempt }, write)
      return
    case 'ignored':
    case 'stale':
      await ledger.ignore(event, outcome.kind, outcome.reason, attempt, write)
      return
    case 'parked': {
      const { reason } = outcome
      await ledger.park(event, { reason, fingerprint: fingerprintOf(reason, attempt), attempt }, write)
      log.error('parked', { eventId: event.record.id, instance: event.record.instance, reason: reason.code })
      return
    }
    case 'retry-later':
      await ledger.wait(event, { ...outcome, ...(streak && { streak }) }, attempt, write)
  }
}

/**
 * The event waits for something that is not its own fault. Saying so once is enough; but who sent a message for it has put off
 * its wake-up, and a gate that opens meanwhile would find it asleep.
 */
async function defer(event: StoredEvent, outcome: RetryLater, pipe: Pipe): Promise<Outcome> {
  const { state, reason, streak } = event.record
  const isSaid = state === 'waiting' && outcome.by === 'index' && reason?.code === outcome.reason.code
  try {
    if (isSaid && outcome.reason.code !== 'paused') {
      await pipe.ledger.postpone(event, outcome.notBefore)
      return outcome
    }
    await pipe.ledger.wait(event, { ...outcome, ...(streak && { streak }) })
    return outcome
  } catch (error) {
    if (error instanceof FencedOffError) return overtaken(pipe)
    throw error
  }
}

const WHY = {
  'crm-unavailable': 'the CRM does not answer at present',
  'crm-credentials': 'the CRM refused our user and password',
  paused: 'people have paused it',
} as const

/**
 * While the CRM is away an event stays due, so that the gate alone decides when it is next; what is paused is put off, so
 * that it does not stand before the others.
 */
function refusal({ code, until }: Extract<Admission, { admitted: false }>, { ledger }: Pipe): RetryLater {
  const notBefore = code === 'paused' ? until : ledger.store.now()
  return { kind: 'retry-later', notBefore, reason: { code, message: WHY[code] }, by: 'index', burns: false }
}

/**
 * It is due at once, for whoever has a slot and looks for more. As it may be that nobody does, one message comes for it; if
 * that finds no slot either, the slots are taken by those who look, or the sweeper finds it.
 */
function noSlot({ record }: StoredEvent, { ledger, random }: Pipe): RetryLater {
  const reason = { code: 'no-slot', message: 'as many deliveries are under way as the CRM is given' }
  const isFirst = record.reason?.code !== reason.code
  const message = isFirst ? { messageAfterMs: backoffMs(BACKOFF.noSlot, 0, random) } : {}
  return { kind: 'retry-later', notBefore: ledger.store.now(), reason, by: 'index', burns: false, ...message }
}

function busy({ record }: StoredEvent, until: number, { ledger, random }: Pipe): RetryLater {
  const soon = ledger.store.now() + backoffMs(BACKOFF.busySubject, record.deferrals, random)
  const reason = { code: 'busy', message: 'another worker has the subject' }
  return { kind: 'retry-later', notBefore: Math.min(until, soon), reason, by: 'message', burns: false }
}

/** Another worker has the event and looks after it; a message for it from here would be one too many. */
function overtaken({ ledger }: Pipe): RetryLater {
  const reason = { code: 'overtaken', message: 'another worker has the event' }
  return { kind: 'retry-later', notBefore: ledger.store.now(), reason, by: 'index', burns: false }
}

/** A message that comes this much too early may have been sent by a worker whose clock is ahead. */
const CLOCKS_DIFFER_BY_MS = 5_000

/**
 * A second message for an event that waits must not cut its wait short: the CRM may have asked for it. Nor is it sent again:
 * whoever wrote the wait has sent one, and each further one would come back as often as the event is tried.
 */
function tooEarly({ record }: StoredEvent, now: number): Outcome | undefined {
  const { notBefore = 0, reason } = record
  if (record.state !== 'waiting' || notBefore <= now) return undefined
  const why = reason ?? { code: 'waiting', message: 'not yet due' }
  const by = notBefore - now > CLOCKS_DIFFER_BY_MS ? 'index' : 'message'
  return { kind: 'retry-later', notBefore, reason: why, by, burns: false }
}

/** What a finished event came to; undefined while it is not finished. */
export function finishedOutcome({ record }: StoredEvent): FinishedOutcome | undefined {
  const reason = record.reason ?? { code: 'unknown', message: '' }
  switch (record.state) {
    case 'done':
      return { kind: 'done', bindings: record.bindings ?? {}, effects: record.history.at(-1)?.effects ?? {} }
    case 'stale':
    case 'ignored':
    case 'parked':
      return { kind: record.state, reason }
    default:
      return undefined
  }
}
