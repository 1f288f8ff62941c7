import type { StoredEvent } from './ledger.ts'
import type { RetryLater } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { queueRetry } from './retry-queue.ts'

/**
 * An event that was taken is certainly finished or waiting again before this has passed; should its message be lost, or its
 * worker die, it is found again after it.
 */
const POSTPONED_BY_MS = 60_000
const AT_ONCE = 10

/** Takes an event that is due, so that it is nobody else's for a minute. undefined: nothing is due. */
export function takeDue({ ledger, slots, random }: Pipe): Promise<StoredEvent | undefined> {
  return ledger.takeDue(slots.count * 2, POSTPONED_BY_MS, random)
}

/** If anything is due, a message makes another worker look after it, and then after whatever else is. */
export async function wakeAnother(pipe: Pipe): Promise<void> {
  const event = await takeDue(pipe)
  if (event !== undefined) await handOn(pipe, event)
}

/** A message for an event that was taken and is not delivered here. */
export function handOn(pipe: Pipe, { record }: StoredEvent): Promise<void> {
  const reason = { code: 'out-of-time', message: 'another invocation goes on' }
  const now: RetryLater = { kind: 'retry-later', notBefore: 0, reason, by: 'message', burns: false }
  return queueRetry(pipe, record.id, now)
}

export type Woken = { readonly due: readonly StoredEvent[]; readonly sent: number }

/**
 * Sends messages for up to `most` events that are due the longest. The wake-up is moved before the message is sent, by
 * compare-and-swap, so that two who do this at once send one message, and one who dies in between loses nothing.
 */
export async function wakeMany(pipe: Pipe, most: number): Promise<Woken> {
  const due = await pipe.ledger.listDue(most)
  let sent = 0
  for (let start = 0; start < due.length; start += AT_ONCE) {
    const group = await Promise.all(due.slice(start, start + AT_ONCE).map((event) => wake(event, pipe)))
    sent += group.filter(Boolean).length
  }
  return { due, sent }
}

async function wake(event: StoredEvent, pipe: Pipe): Promise<boolean> {
  const { ledger } = pipe
  if (!(await ledger.postpone(event, ledger.store.now() + POSTPONED_BY_MS))) return false
  await handOn(pipe, event)
  return true
}
