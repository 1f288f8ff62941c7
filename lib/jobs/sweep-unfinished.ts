import type { StoredEvent } from '../delivery/ledger.ts'
import type { Pipe } from '../delivery/pipe.ts'
import type { Job } from './job.ts'

/** What the worker can deliver in the minute until the next sweep; the rest stays due. */
const MOST_PER_SWEEP = 600
/** A message sent now is certainly worked on before this has passed; if it is lost, the next sweep after it sends another. */
const POSTPONED_BY_MS = 60_000
const AT_ONCE = 10

/**
 * Sends a message for every event whose time has come: the worker died, or the message was lost, or the wait was
 * longer than a message can be delayed. The wake-up is moved before the message is sent, by compare-and-swap, so that
 * two sweepers at once send one message, and a sweeper that dies in between loses nothing.
 */
export const sweepUnfinished: Job = async (pipe) => {
  const due = await pipe.ledger.listDue(MOST_PER_SWEEP)
  let sent = 0
  for (let start = 0; start < due.length; start += AT_ONCE) {
    const group = await Promise.all(due.slice(start, start + AT_ONCE).map((event) => wake(event, pipe)))
    sent += group.filter(Boolean).length
  }
  return { due: due.length, sent }
}

async function wake(event: StoredEvent, pipe: Pipe): Promise<boolean> {
  const { ledger, queue } = pipe
  if (!(await ledger.postpone(event, ledger.store.now() + POSTPONED_BY_MS))) return false
  await queue.send(event.record.id, 0)
  return true
}
