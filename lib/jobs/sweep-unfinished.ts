import type { StoredEvent } from '../delivery/ledger.ts'
import type { Pipe } from '../delivery/pipe.ts'
import { wakeMany } from '../delivery/wake.ts'
import type { Job } from './job.ts'

/** Each message makes a worker that goes on with what is due (drain.ts); more than a few for each free slot only queue up. */
const MESSAGES_FOR_EACH_SLOT = 10

/**
 * Sends a message for events whose time has come: the worker died, or the message was lost, or the wait was longer than a
 * message can be delayed. Not more than the CRM can take: while the gate is closed one event is sent as its probe, and
 * while all slots are taken it is left to those who have one.
 */
export const sweepUnfinished: Job = async (pipe) => {
  const most = await mostNow(pipe)
  await sayGate(pipe)
  if (most === 0) return { due: 0, sent: 0 }
  const { due, sent } = await wakeMany(pipe, most)
  pipe.metrics.count('oldestUnfinishedMs', oldestMs(due, pipe.ledger.store.now()))
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
  const isAnythingDue = (await ledger.listDue(1)).length > 0
  if (breaker.state === 'locked' || !isAnythingDue) return 1
  return Math.max(1, await slots.free()) * MESSAGES_FOR_EACH_SLOT
}
