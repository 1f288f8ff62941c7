import { promisify } from 'node:util'
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib'
import type { Verified } from '../sources/source.ts'
import { FORMAT, ReceiptRecord } from './records.ts'
import type { Change, Durability, Item, Store } from './store/store.ts'

/** The payload of an event is not there any more: its retention has ended, or a person's data was erased. */
export class PayloadGoneError extends Error {
  override readonly name = 'PayloadGoneError'
}

/**
 * What was received, each delivery once and for ever under its event id. A corrected payload stands beside the first
 * one, never in its place. Throws StoreUnavailableError throughout.
 */
export class Receipts {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A receipt to be stored; one that is there already stays. */
  async toPut(eventId: string, verified: Verified): Promise<Change> {
    const value = { format: FORMAT, packed: await pack(verified), at: this.#store.now() }
    return { key: receiptKey(eventId, 0), write: { value } }
  }

  /** @throws PayloadGoneError */
  async read(eventId: string, number: number): Promise<Verified> {
    const item = await this.#store.get(receiptKey(eventId, number))
    const packed = item === undefined ? undefined : ReceiptRecord.parse(item.value).packed
    if (packed === undefined) throw new PayloadGoneError(`the payload of ${eventId} is not kept any more`)
    return unpack(packed)
  }

  /** Adds the payload as somebody corrected it after `latest` and returns its number. */
  edit(eventId: string, latest: number, verified: Verified, by: string): Promise<number> {
    return this.#add(eventId, latest, verified, (at) => ({ edited: { by, at } }))
  }

  /** Adds the payload with what was fetched from the vendor after `latest` and returns its number. */
  addFetched(eventId: string, latest: number, verified: Verified): Promise<number> {
    return this.#add(eventId, latest, verified, () => ({ fetched: true }))
  }

  /**
   * A number somebody has taken already is left out, so that an edit nobody finished does not stand in the way of the next
   * one.
   */
  async #add(
    eventId: string,
    latest: number,
    verified: Verified,
    origin: (at: number) => Pick<ReceiptRecord, 'edited' | 'fetched'>,
  ): Promise<number> {
    const at = this.#store.now()
    const value = { format: FORMAT, packed: await pack(verified), at, ...origin(at) }
    for (let number = latest + 1; ; number += 1) {
      const version = await this.#store.putIfAbsent(receiptKey(eventId, number), { value })
      if (version !== undefined) return number
    }
  }

  /** All payloads of an event without their content, the received one first. */
  async history(eventId: string, latest: number): Promise<readonly KeptReceipt[]> {
    const kept: KeptReceipt[] = []
    for (let number = 0; number <= latest; number += 1) {
      const item = await this.#store.get(receiptKey(eventId, number))
      if (item !== undefined) kept.push(toKeptReceipt(item))
    }
    return kept
  }

  /** Everything that is kept, without its content, in no particular order. */
  async *all(): AsyncIterable<KeptReceipt> {
    for await (const item of this.#store.scan(RECEIPT_PREFIX)) yield toKeptReceipt(item)
  }

  /** Lets all payloads of an event go at an instant of the store's time; undefined: keeps them. */
  async expire(
    eventId: string,
    latest: number,
    expiresAt: number | undefined,
    durability?: Durability,
  ): Promise<void> {
    const keys = Array.from({ length: latest + 1 }, (_, number) => receiptKey(eventId, number))
    await Promise.all(keys.map((key) => this.#store.expire(key, expiresAt, durability)))
  }

  /** Erases all payloads of an event at once. */
  async erase(eventId: string, latest: number): Promise<void> {
    for (let number = 0; number <= latest; number += 1) await this.#eraseOne(receiptKey(eventId, number))
  }

  async #eraseOne(key: string): Promise<void> {
    const item = await this.#store.get(key)
    if (item === undefined) return
    const { packed: _, ...rest } = ReceiptRecord.parse(item.value)
    const { expiresAt } = item
    const write = { value: rest, ...(expiresAt !== undefined && { expiresAt }) }
    if ((await this.#store.replace(key, item.version, write)) === undefined) await this.#eraseOne(key)
  }
}

/** A receipt without what was sent. `number` 0 is the one that was received; others add what was fetched, or were edited. */
export type KeptReceipt = Omit<ReceiptRecord, 'packed' | 'format'> & {
  readonly eventId: string
  readonly number: number
  /** False once the payload was erased. */
  readonly isThere: boolean
  readonly expiresAt?: number | undefined
}

function toKeptReceipt({ key, value, expiresAt }: Item): KeptReceipt {
  const { packed, format: _, ...rest } = ReceiptRecord.parse(value)
  const [, eventId = '', number = '0'] = /^receipt#(.*?)(?:#(\d+))?$/s.exec(key) ?? []
  return { ...rest, eventId, number: Number(number), isThere: packed !== undefined, expiresAt }
}

const RECEIPT_PREFIX = 'receipt#'

function receiptKey(eventId: string, number: number): string {
  return number === 0 ? `${RECEIPT_PREFIX}${eventId}` : `${RECEIPT_PREFIX}${eventId}#${number}`
}

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)
/** Less than this is compressed faster than a thread of the pool is woken. */
const SMALL_IN_BYTES = 64 * 1024

async function pack(verified: Verified): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(verified))
  const packed = bytes.length <= SMALL_IN_BYTES ? deflateRawSync(bytes) : await deflate(bytes)
  return packed.toString('base64')
}

/** The verified headers and payload of a receipt, as the source returned them. */
export async function unpack(packed: string): Promise<Verified> {
  const bytes = Buffer.from(packed, 'base64')
  const raw = bytes.length <= SMALL_IN_BYTES / 4 ? inflateRawSync(bytes) : await inflate(bytes)
  return JSON.parse(raw.toString()) as Verified
}
