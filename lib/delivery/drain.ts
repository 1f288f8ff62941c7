import { deliver } from './deliver.ts'
import type { StoredEvent } from './ledger.ts'
import type { Deadline } from './limits.ts'
import type { Pipe } from './pipe.ts'
import { queueRetry } from './retry-queue.ts'

/** With less time left no further event is begun. */
const LEAST_TIME_MS = 10_000
/** A drained event is certainly finished or waiting again before this has passed. */
const POSTPONED_BY_MS = 60_000
const LEASE_MARGIN_MS = 5_000
const GATE_IS_CLOSED: ReadonlySet<string> = new Set(['crm-unavailable', 'crm-credentials'])

/**
 * Works through what is due with one slot for as long as there is time, so that after an outage the CRM is kept as busy as it
 * may be, and no busier. Ends when nothing is due, when the gate is closed or when there is no slot. Returns how many events
 * were delivered.
 */
export async function drain(pipe: Pipe, deadline: Deadline): Promise<number> {
  const leastMs = Math.max(LEAST_TIME_MS, pipe.times.requestTimeoutMs)
  if (deadline.remainingMs() < leastMs || !(await isAnythingDue(pipe))) return 0
  const slot = await pipe.slots.take(deadline.remainingMs() + LEASE_MARGIN_MS)
  if (slot === undefined) return 0
  let delivered = 0
  try {
    while (deadline.remainingMs() >= leastMs) {
      const event = await takeDue(pipe)
      if (event === undefined) break
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

async function isAnythingDue({ ledger }: Pipe): Promise<boolean> {
  return (await ledger.listDue(1)).length > 0
}

/**
 * One of the events that are due the longest, and nobody else's. Which one is left to chance: workers that drain at the same
 * time would all reach for the first.
 */
async function takeDue({ ledger, slots, random }: Pipe): Promise<StoredEvent | undefined> {
  for (;;) {
    const due = await ledger.listDue(slots.count * 2)
    const event = due[Math.floor(random() * due.length)]
    if (event === undefined) return undefined
    if (await ledger.postpone(event, ledger.store.now() + POSTPONED_BY_MS)) return event
  }
}
