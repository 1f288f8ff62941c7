import { deliver } from './deliver.ts'
import type { StoredEvent } from './ledger.ts'
import { type Deadline, LEASE_MARGIN_MS, SLOT_WAIT_MS } from './limits.ts'
import type { Pipe } from './pipe.ts'
import { queueRetry } from './retry-queue.ts'
import type { Slot } from './slots.ts'
import { handOn, takeDue, wakeAnother } from './wake.ts'

/** An event is begun only if this is left besides the time for its last request: less is spent and comes to nothing. */
const LEAST_TIME_MS = 5_000
const GATE_IS_CLOSED: ReadonlySet<string> = new Set(['crm-unavailable', 'crm-credentials'])

/**
 * Works through what is due with one slot for as long as there is time, so that after an outage the CRM is kept as busy as it
 * may be, and no busier. One that finds more than its own event due wakes another, until there is no slot left. Ends when
 * nothing is due, when the gate is closed or when there is no slot; when its time is up while more is due, a message makes
 * another worker go on. Returns how many events were delivered.
 */
export async function drain(pipe: Pipe, deadline: Deadline): Promise<number> {
  const { ledger, slots } = pipe
  if (isShort(pipe, deadline) || !(await isAnythingDue(ledger))) return 0
  const slot = await slots.take(deadline.remainingMs() + LEASE_MARGIN_MS, SLOT_WAIT_MS)
  if (slot === undefined) return 0
  const ahead = new Ahead(pipe)
  try {
    return await drainInSlot(pipe, deadline, slot, ahead)
  } finally {
    await Promise.all([slot.free(), ahead.giveBack()])
  }
}

async function drainInSlot(pipe: Pipe, deadline: Deadline, slot: Slot, ahead: Ahead): Promise<number> {
  let delivered = 0
  for (let event = await ahead.next(); event !== undefined; event = await ahead.next()) {
    const { id } = event.record
    if (isShort(pipe, deadline)) {
      await handOn(pipe, event)
      break
    }
    if (delivered === 0) await wakeAnother(pipe)
    ahead.look()
    const outcome = await deliver(id, pipe, deadline, slot)
    await queueRetry(pipe, id, outcome)
    if (outcome.kind === 'retry-later' && GATE_IS_CLOSED.has(outcome.reason.code)) break
    delivered += 1
  }
  return delivered
}

function isShort({ times }: Pipe, deadline: Deadline): boolean {
  return deadline.remainingMs() < times.requestTimeoutMs + LEAST_TIME_MS
}

async function isAnythingDue({ store }: Pipe['ledger']): Promise<boolean> {
  return (await store.listDue(store.now(), 1)).length > 0
}

/** While one event is delivered the next one is looked for, so that no slot waits for the ledger. */
class Ahead {
  readonly #pipe: Pipe
  #found: Promise<StoredEvent | undefined> | undefined

  constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  look(): void {
    this.#found = takeDue(this.#pipe)
    // Whoever asks for it hears of it.
    this.#found.catch(() => undefined)
  }

  /** What was found; if that was nothing something may have become due since. */
  async next(): Promise<StoredEvent | undefined> {
    const found = await this.#found
    this.#found = undefined
    return found ?? takeDue(this.#pipe)
  }

  /** What was found and will not be delivered here is due again. */
  async giveBack(): Promise<void> {
    const { ledger } = this.#pipe
    const found = await this.#found?.catch(() => undefined)
    if (found !== undefined) await ledger.postpone(found, ledger.store.now()).catch(() => false)
  }
}
