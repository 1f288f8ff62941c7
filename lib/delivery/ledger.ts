import type { Bindings, Reason } from './outcome.ts'
import { type EventRecord, EventRecord as EventShape, type NewEvent, newEventRecord } from './records.ts'
import type { Item, Store } from './store/store.ts'

/** An event as stored; `version` guards the next write of it. */
export type StoredEvent = { readonly record: EventRecord; readonly version: number }

export type Recorded = { readonly state: 'new' | 'duplicate'; readonly event: StoredEvent }

/** Somebody else wrote first: this worker's knowledge is out of date and it must stop. */
export class FencedOffError extends Error {
  override readonly name = 'FencedOffError'
}

/** An event that is recorded is looked at again after this long, whatever happened to who recorded it. */
const FIRST_WAKE_MS = 15_000
/** A wait this long is a delayed message; the due index only catches it when the message is lost. */
export const LONGEST_MESSAGE_DELAY_MS = 15 * 60_000
const LOST_MESSAGE_GRACE_MS = 30_000
const DAY_MS = 24 * 60 * 60_000

export type Retention = { readonly payloadDays: number }

/** The truth about every event: recorded, waiting, done, ignored or parked. Throws StoreUnavailableError throughout. */
export class Ledger {
  readonly store: Store
  readonly #retention: Retention

  constructor(store: Store, retention: Retention) {
    this.store = store
    this.#retention = retention
  }

  /** Stores the receipt under its id; the same id, or one of `aliases`, makes it a duplicate of what is there. */
  async record(event: NewEvent, aliases: readonly string[]): Promise<Recorded> {
    for (const id of aliases) {
      const earlier = await this.load(id)
      if (earlier !== undefined) return { state: 'duplicate', event: earlier }
    }
    const now = this.store.now()
    const record = await newEventRecord(event, now)
    const version = await this.store.putIfAbsent(eventKey(event.id), {
      value: record,
      wakeAt: now + FIRST_WAKE_MS,
    })
    if (version !== undefined) return { state: 'new', event: { record, version } }
    const earlier = await this.load(event.id)
    if (earlier === undefined) throw new FencedOffError(`event ${event.id} expired while it was recorded`)
    return { state: 'duplicate', event: earlier }
  }

  async load(id: string): Promise<StoredEvent | undefined> {
    const item = await this.store.get(eventKey(id))
    return item === undefined ? undefined : toStoredEvent(item)
  }

  /** The event is tried again, not before `notBefore`. */
  wait(event: StoredEvent, notBefore: number, reason: Reason): Promise<StoredEvent> {
    const queued = notBefore - this.store.now() <= LONGEST_MESSAGE_DELAY_MS
    const wakeAt = queued ? notBefore + LOST_MESSAGE_GRACE_MS : notBefore
    const { attempts } = event.record
    return this.#replace(event, { state: 'waiting', attempts: attempts + 1, notBefore, reason }, { wakeAt })
  }

  /** Not tried again by itself; kept until somebody redrives it. */
  park(event: StoredEvent, reason: Reason): Promise<StoredEvent> {
    return this.#replace(event, { state: 'parked', reason }, {})
  }

  finish(event: StoredEvent, bindings: Bindings): Promise<StoredEvent> {
    return this.#replace(event, { state: 'done', bindings }, this.#expiry())
  }

  ignore(event: StoredEvent, reason: Reason): Promise<StoredEvent> {
    return this.#replace(event, { state: 'ignored', reason }, this.#expiry())
  }

  /** A parked event is due again: same receipt, today's adapter and mapping, bindings kept. */
  redrive(event: StoredEvent): Promise<StoredEvent> {
    const now = this.store.now()
    return this.#replace(event, { state: 'waiting', attempts: 0, notBefore: now }, { wakeAt: now })
  }

  /** Moves the wake-up of a due event, so that of two sweepers only one sends its message. False: the other did. */
  async postpone(event: StoredEvent, wakeAt: number): Promise<boolean> {
    const write = { value: event.record, wakeAt }
    return (await this.store.replace(eventKey(event.record.id), event.version, write)) !== undefined
  }

  /** Events whose time has come, earliest first. */
  async listDue(limit: number): Promise<readonly StoredEvent[]> {
    const due = await this.store.listDue(this.store.now(), limit)
    const items = await Promise.all(due.map(({ key }) => this.store.get(key)))
    return items.flatMap((item) => (item?.wakeAt === undefined ? [] : [toStoredEvent(item)]))
  }

  async *events(): AsyncIterable<EventRecord> {
    for await (const item of this.store.scan(EVENT_PREFIX)) yield toStoredEvent(item).record
  }

  async #replace(
    event: StoredEvent,
    change: Partial<EventRecord>,
    index: { wakeAt?: number; expiresAt?: number },
  ) {
    const { notBefore: _, reason: __, ...kept } = event.record
    const record: EventRecord = { ...kept, ...change }
    const version = await this.store.replace(eventKey(record.id), event.version, { value: record, ...index })
    if (version === undefined) throw new FencedOffError(`event ${record.id} was changed by another worker`)
    return { record, version }
  }

  #expiry() {
    return { expiresAt: this.store.now() + this.#retention.payloadDays * DAY_MS }
  }
}

const EVENT_PREFIX = 'event#'

function eventKey(id: string): string {
  return `${EVENT_PREFIX}${id}`
}

function toStoredEvent(item: Item): StoredEvent {
  return { record: EventShape.parse(item.value), version: item.version }
}
