import type { Verified } from '../sources/source.ts'
import type { Bindings, Reason } from './outcome.ts'
import { Receipts } from './receipts.ts'
import {
  type Attempt,
  type EventRecord,
  EventRecord as EventShape,
  isFinished,
  receivedRecord,
} from './records.ts'
import { writeInOrder } from './store/in-order.ts'
import type { Durability, Item, Replacement, Store } from './store/store.ts'
import { updateItem } from './store/update.ts'

/** An event as stored; `version` guards the next write of it. */
export type StoredEvent = { readonly record: EventRecord; readonly version: number }

export type NewEvent = {
  readonly id: string
  readonly instance: string
  readonly subject: string
  readonly verified: Verified
  /** Remembered for good, for who must know that it has happened; its payload goes like any other. */
  readonly keep?: true
}
/** How a change of an event is written; undefined: somebody else wrote first. */
export type WriteChange = (change: Replacement) => Promise<number | undefined>

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
/** Bindings and the fact that an event was there protect for as long as a sender could possibly repeat itself. */
export const TOMBSTONE_MS = 400 * DAY_MS
const LONGEST_HISTORY = 12
/** A list of what is due grows old while others take from it. */
const LOOKS_FOR_EACH_LIST = 8

export type Retention = { readonly payloadDays: number }

/** How an event waits. */
export type Wait = {
  /** In the store's time. */
  readonly notBefore: number
  readonly reason: Reason
  /** Whether it counts as a try that failed. */
  readonly burns: boolean
  /**
   * `message`: a delayed message comes for it, and the due index only catches a lost one. `index`: nobody sends one; it is
   * due by itself.
   */
  readonly by: 'message' | 'index'
  readonly streak?: EventRecord['streak']
}

/** Why an event is parked; `fingerprint` is the same for the same cause. */
type Parking = { readonly reason: Reason; readonly fingerprint: string; readonly attempt: Attempt }

/** What a finished event leaves behind. */
export type Finish = { readonly bindings: Bindings; readonly attempt: Attempt }

/** The truth about every event: recorded, waiting, done, stale, ignored or parked. Throws StoreUnavailableError throughout. */
export class Ledger {
  readonly store: Store
  readonly receipts: Receipts
  readonly #retention: Retention

  constructor(store: Store, retention: Retention) {
    this.store = store
    this.receipts = new Receipts(store)
    this.#retention = retention
  }

  /**
   * Stores the receipt under its id; the same id, or one of `aliases`, makes it a duplicate of what is there. The receipt
   * comes first: an event that is there has its payload.
   */
  async record(event: NewEvent, aliases: readonly string[]): Promise<Recorded> {
    for (const id of aliases) {
      const earlier = await this.load(id)
      if (earlier !== undefined) return { state: 'duplicate', event: earlier }
    }
    const receipt = await this.receipts.toPut(event.id, event.verified)
    const now = this.store.now()
    const record = receivedRecord(event, now)
    const put = { key: eventKey(event.id), write: { value: record, wakeAt: now + FIRST_WAKE_MS } }
    const [received, recorded] = await writeInOrder(this.store, [receipt, put])
    /** A receipt without its event is of a worker that died between the two. */
    const version = received === undefined ? await this.store.putIfAbsent(put.key, put.write) : recorded
    if (version !== undefined) return { state: 'new', event: { record, version } }
    const earlier = await this.load(event.id)
    if (earlier === undefined) throw new FencedOffError(`event ${event.id} expired while it was recorded`)
    return { state: 'duplicate', event: earlier }
  }

  async load(id: string): Promise<StoredEvent | undefined> {
    const item = await this.store.get(eventKey(id))
    return item === undefined ? undefined : toStoredEvent(item)
  }

  /** The payload that counts. Throws PayloadGoneError. */
  payload({ id, payload }: EventRecord): Promise<Verified> {
    return this.receipts.read(id, payload)
  }

  /** The event is tried again, not before `notBefore`. */
  wait(event: StoredEvent, wait: Wait, attempt?: Attempt, write?: WriteChange): Promise<StoredEvent> {
    const { notBefore, reason, burns, by, streak } = wait
    const { attempts, deferrals } = event.record
    const counts = burns ? { attempts: attempts + 1, deferrals: 0 } : { deferrals: deferrals + 1 }
    const isQueued = by === 'message' && notBefore - this.store.now() <= LONGEST_MESSAGE_DELAY_MS
    const wakeAt = isQueued ? notBefore + LOST_MESSAGE_GRACE_MS : notBefore
    const change = { state: 'waiting', notBefore, reason, ...counts, ...(streak && { streak }) } as const
    return this.#replace(event, change, { wakeAt }, attempt, write)
  }

  /** Not tried again by itself; kept until somebody redrives it. */
  park(event: StoredEvent, { reason, fingerprint, attempt }: Parking, write?: WriteChange) {
    return this.#replace(event, { state: 'parked', reason, fingerprint }, {}, attempt, write)
  }

  finish(event: StoredEvent, { bindings, attempt }: Finish, write?: WriteChange): Promise<StoredEvent> {
    return this.#finish(event, { state: 'done', bindings }, attempt, write)
  }

  ignore(
    event: StoredEvent,
    state: 'ignored' | 'stale',
    reason: Reason,
    attempt: Attempt,
    write?: WriteChange,
  ): Promise<StoredEvent> {
    return this.#finish(event, { state, reason }, attempt, write)
  }

  /** The payload and the event go in their time. Should this die in between, the audit lets the payload go. */
  async #finish(
    event: StoredEvent,
    change: Partial<EventRecord>,
    attempt: Attempt,
    write?: WriteChange,
  ): Promise<StoredEvent> {
    const { redriven: _, ...record } = event.record
    const index = record.keep ? {} : { expiresAt: this.store.now() + TOMBSTONE_MS }
    const finished = await this.#replace({ ...event, record }, change, index, attempt, write)
    await this.releasePayload(finished.record, 'volatile')
    return finished
  }

  /** A finished event's payload is kept for its retention from now on, no longer. */
  releasePayload(
    { id, payload }: Pick<EventRecord, 'id' | 'payload'>,
    durability: Durability = 'durable',
  ): Promise<void> {
    const expiresAt = this.store.now() + this.#retention.payloadDays * DAY_MS
    return this.receipts.expire(id, payload, expiresAt, durability)
  }

  /**
   * A finished event is due again: same payload, today's adapter and mapping, bindings kept and looked at again.
   * `recreate` makes anew what people removed.
   * @throws PayloadGoneError when there is nothing left to deliver
   */
  async redrive(event: StoredEvent, how: 'check' | 'recreate' = 'check'): Promise<StoredEvent> {
    const { record } = event
    await this.receipts.expire(record.id, record.payload, undefined)
    await this.payload(record)
    const now = this.store.now()
    const change = { state: 'waiting', attempts: 0, deferrals: 0, notBefore: now, redriven: how } as const
    return this.#replace(event, change, { wakeAt: now })
  }

  /**
   * Puts a corrected payload beside the first one; from now on it counts. Redrive the event to deliver it.
   * @param by who corrected it
   * @throws FencedOffError when somebody else is editing
   */
  async edit(event: StoredEvent, verified: Verified, by: string): Promise<StoredEvent> {
    const { record } = event
    const number = await this.receipts.edit(record.id, record.payload, verified, by)
    return this.#replace(event, { ...record, payload: number }, {})
  }

  /**
   * Puts the payload with what its vendor's API added beside the one that counts; from now on it counts. Who holds the
   * subject's claim does this, and a sweeper may move the wake-up meanwhile.
   * @throws FencedOffError when another payload counts by now, or the event is finished
   */
  async addFetched({ record: { id, payload } }: StoredEvent, verified: Verified): Promise<StoredEvent> {
    const number = await this.receipts.addFetched(id, payload, verified)
    const item = await updateItem(this.store, eventKey(id), (current) => {
      const record = current && EventShape.parse(current.value)
      if (current === undefined || record === undefined || record.payload !== payload || isFinished(record)) {
        throw new FencedOffError(`event ${id} was changed by another worker`)
      }
      return { value: { ...record, payload: number }, ...indexOf(current) }
    })
    if (item === undefined) throw new FencedOffError(`event ${id} is not there any more`)
    return { record: EventShape.parse(item.value), version: item.version }
  }

  /** Moves the wake-up of a due event, so that of two sweepers only one sends its message. False: the other did. */
  async postpone(event: StoredEvent, wakeAt: number): Promise<boolean> {
    const write = { value: event.record, wakeAt }
    return (await this.store.replace(eventKey(event.record.id), event.version, write)) !== undefined
  }

  /** Events whose time has come, earliest first. The index may lag behind the items, so the items decide. */
  async listDue(limit: number): Promise<readonly StoredEvent[]> {
    const now = this.store.now()
    const due = await this.store.listDue(now, limit)
    const items = await Promise.all(due.map(({ key }) => this.store.get(key)))
    return items.flatMap((item) =>
      item?.wakeAt === undefined || item.wakeAt > now ? [] : [toStoredEvent(item)],
    )
  }

  /**
   * Takes one of the `among` events that are due the longest, so that it is nobody else's before `forMs` have passed. Which one is
   * left to chance: workers that look at the same time would all reach for the first. undefined: nothing is due. `postpone`
   * gives it back.
   */
  async takeDue(among: number, forMs: number, random: () => number): Promise<StoredEvent | undefined> {
    for (;;) {
      const due = await this.store.listDue(this.store.now(), among)
      const first = Math.floor(random() * due.length)
      for (const { key } of [...due.slice(first), ...due.slice(0, first)].slice(0, LOOKS_FOR_EACH_LIST)) {
        const taken = await this.#takeIfDue(key, forMs)
        if (taken !== undefined) return taken
      }
      if (due.length <= LOOKS_FOR_EACH_LIST) return undefined
    }
  }

  async #takeIfDue(key: string, forMs: number): Promise<StoredEvent | undefined> {
    const item = await this.store.get(key)
    const now = this.store.now()
    if (item?.wakeAt === undefined || item.wakeAt > now) return undefined
    const version = await this.store.replace(key, item.version, { value: item.value, wakeAt: now + forMs })
    return version === undefined ? undefined : toStoredEvent({ ...item, version })
  }

  /** Every event, in no particular order; `wakeAt` is when it is due, and only an unfinished one has it. */
  async *entries(): AsyncIterable<StoredEvent & { readonly wakeAt?: number | undefined }> {
    for await (const item of this.store.scan(EVENT_PREFIX))
      yield { ...toStoredEvent(item), wakeAt: item.wakeAt }
  }

  async *events(): AsyncIterable<EventRecord> {
    for await (const { record } of this.entries()) yield record
  }

  /** Takes what a payload may have been quoted with out of an event's reason; its code stays. */
  async eraseReason(id: string): Promise<void> {
    await updateItem(this.store, eventKey(id), (item) => {
      const { reason, ...rest } = item === undefined ? {} : EventShape.parse(item.value)
      if (item === undefined || reason === undefined) return undefined
      return { value: { ...rest, reason: { code: reason.code, message: 'erased' } }, ...indexOf(item) }
    })
  }

  async #replace(
    event: StoredEvent,
    change: Partial<EventRecord>,
    index: { wakeAt?: number; expiresAt?: number },
    attempt?: Attempt,
    write: WriteChange = ({ key, version, write: written }) => this.store.replace(key, version, written),
  ): Promise<StoredEvent> {
    const { notBefore: _, reason: __, fingerprint: ___, streak: ____, ...kept } = event.record
    const history = attempt === undefined ? kept.history : [...kept.history, attempt].slice(-LONGEST_HISTORY)
    const record: EventRecord = { ...kept, ...change, history }
    const replaced = { key: eventKey(record.id), version: event.version, write: { value: record, ...index } }
    const version = await write(replaced)
    if (version === undefined) throw new FencedOffError(`event ${record.id} was changed by another worker`)
    return { record, version }
  }
}

const EVENT_PREFIX = 'event#'

function eventKey(id: string): string {
  return `${EVENT_PREFIX}${id}`
}

function indexOf({ wakeAt, expiresAt }: Item): Pick<Item, 'wakeAt' | 'expiresAt'> {
  return { ...(wakeAt !== undefined && { wakeAt }), ...(expiresAt !== undefined && { expiresAt }) }
}

function toStoredEvent(item: Item): StoredEvent {
  return { record: EventShape.parse(item.value), version: item.version }
}
