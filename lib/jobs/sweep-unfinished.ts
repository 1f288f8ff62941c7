import type { StoredEvent } from '../delivery/ledger.ts'
import type { Pipe } from '../delivery/pipe.ts'
import type { Job } from './job.ts'

/** Each message makes a worker that goes on with what is due (drain.ts); more than a few for each slot only queue up. */
const MESSAGES_FOR_EACH_SLOT = 10
/** A message sent now is certainly worked on before this has passed; if it is lost, the next sweep after it sends another. */
const POSTPONED_BY_MS = 60_000
const AT_ONCE = 10

/**
 * Sends a message for events whose time has come: the worker died, or the message was lost, or the wait was longer than a
 * message can be delayed. The wake-up is moved before the message is sent, by compare-and-swap, so that two sweepers at
 * once send one message, and a sweeper that dies in between loses nothing. Not more than the CRM can take: while the gate
 * is closed one event is sent as its probe.
 */
export const sweepUnfinished: Job = async (pipe) => {
  const most = await mostNow(pipe)
  await sayGate(pipe)
  const due = most === 0 ? [] : await pipe.ledger.listDue(most)
  let sent = 0
  for (let start = 0; start < due.length; start += AT_ONCE) {
    const group = await Promise.all(due.slice(start, start + AT_ONCE).map((event) => wake(event, pipe)))
    sent += group.filter(Boolean).length
  }
  if (most > 0) pipe.metrics.count('oldestUnfinishedMs', oldestMs(due, pipe.ledger.store.now()))
  return { due: due.length, sent }
}

/** Of what is due, which is what something may be wrong with; the nightly audit looks at all. */
function oldestMs(due: readonly StoredEvent[], now: number): number {
  return Math.max(0, ...due.map(({ record }) => now - record.receivedAt))
}

async function sayGate({ gate, metrics }: Pipe): Promise<void> {
  const { breaker } = await gate.state()
  metrics.count('crmAway', breaker.state === 'open' ? 1 : 0)
  metrics.count('passwordRefused', breaker.state === 'locked' ? 1 : 0)
}

async function mostNow({ gate, slots, ledger }: Pipe): Promise<number> {
  const { breaker, paused } = await gate.state()
  if (paused.all) return 0
  if (breaker.state === 'open') return ledger.store.now() < breaker.probeAt ? 0 : 1
  return breaker.state === 'locked' ? 1 : slots.count * MESSAGES_FOR_EACH_SLOT
}

async function wake(event: StoredEvent, pipe: Pipe): Promise<boolean> {
  const { ledger, queue } = pipe
  if (!(await ledger.postpone(event, ledger.store.now() + POSTPONED_BY_MS))) return false
  await queue.send(event.record.id, 0)
  return true
}
