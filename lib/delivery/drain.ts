import { deliver } from './deliver.ts'
import { type Deadline, LEASE_MARGIN_MS } from './limits.ts'
import type { RetryLater } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { queueRetry } from './retry-queue.ts'

/** With less time left no further event is begun. */
const LEAST_TIME_MS = 10_000
/** A drained event is certainly finished or waiting again before this has passed. */
const POSTPONED_BY_MS = 60_000
const GATE_IS_CLOSED: ReadonlySet<string> = new Set(['crm-unavailable', 'crm-credentials'])

/**
 * Works through what is due with one slot for as long as there is time, so that after an outage the CRM is kept as busy as it
 * may be, and no busier. Ends when nothing is due, when the gate is closed or when there is no slot; when its time is up while
 * more is due, a message makes another worker go on. Returns how many events were delivered.
 */
export async function drain(pipe: Pipe, deadline: Deadline): Promise<number> {
  const { ledger, slots, random } = pipe
  const leastMs = Math.max(LEAST_TIME_MS, pipe.times.requestTimeoutMs)
  if (deadline.remainingMs() < leastMs || !(await isAnythingDue(ledger))) return 0
  const slot = await slots.take(deadline.remainingMs() + LEASE_MARGIN_MS)
  if (slot === undefined) return 0
  let delivered = 0
  try {
    for (;;) {
      const event = await ledger.takeDue(slots.count * 2, POSTPONED_BY_MS, random)
      if (event === undefined) break
      if (deadline.remainingMs() < leastMs) {
        await queueRetry(pipe, event.record.id, handOn(ledger.store.now()))
        break
      }
      const outcome = await deliver(event.record.id, pipe, deadline, slot)
      await queueRetry(pipe, event.record.id, outcome)
      if (outcome.kind === 'retry-later' && GATE_IS_CLOSED.has(outcome.reason.code)) break
      delivered += 1
    }
  } finally {
    await slot.free()
  }
  return delivered
}

/** A message for what is due and does not fit in any more: another worker goes on where this one ends. */
function handOn(now: number): RetryLater {
  const reason = { code: 'out-of-time', message: 'another invocation goes on' }
  return { kind: 'retry-later', notBefore: now, reason, by: 'message', burns: false }
}

async function isAnythingDue({ store }: Pipe['ledger']): Promise<boolean> {
  return (await store.listDue(store.now(), 1)).length > 0
}
