import { LONGEST_MESSAGE_DELAY_MS } from './ledger.ts'
import type { Outcome } from './outcome.ts'
import type { Pipe } from './pipe.ts'

/** The alarm clock: a message carries an event id and nothing else. */
export type RetryQueue = {
  /** Delivers the message after `delayMs` (0 to 15 min). May throw; the sweeper makes up for a message never sent. */
  send(eventId: string, delayMs: number): Promise<void>
  /** Lets somebody go on with a run of an automation after `delayMs` (0 to 15 min). May throw; its schedule makes up for it. */
  sendRun(automation: string, delayMs: number): Promise<void>
}

/**
 * Puts an event that must wait on the queue. Longer waits are left to the sweeper, and so is a message the queue would
 * not take: the ledger knows when the event is due, so this never throws.
 */
export async function queueRetry(
  { queue, ledger, log }: Pick<Pipe, 'queue' | 'ledger' | 'log'>,
  eventId: string,
  outcome: Outcome,
): Promise<void> {
  if (outcome.kind !== 'retry-later') return
  const { notBefore, by, messageAfterMs } = outcome
  const delayMs = by === 'message' ? Math.max(0, notBefore - ledger.store.now()) : messageAfterMs
  if (delayMs === undefined || delayMs > LONGEST_MESSAGE_DELAY_MS) return
  try {
    await queue.send(eventId, delayMs)
  } catch (error) {
    const errorName = error instanceof Error ? error.name : 'unknown'
    log.warn('the retry queue took no message', { eventId, errorName })
  }
}
