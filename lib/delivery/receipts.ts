import { promisify } from 'node:util'
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib'
import type { Verified } from '../sources/source.ts'
import { FORMAT, ReceiptRecord } from './records.ts'
import type { Store } from './store/store.ts'

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

  /** Stores a receipt; the one that is there already stays. */
  async put(eventId: string, verified: Verified): Promise<void> {
    await this.#store.putIfAbsent(receiptKey(eventId, 0), {
      value: { format: FORMAT, packed: await pack(verified) },
    })
  }

  /** @throws PayloadGoneError */
  async read(eventId: string, number: number): Promise<Verified> {
    const item = await this.#store.get(receiptKey(eventId, number))
    const packed = item === undefined ? undefined : ReceiptRecord.parse(item.value).packed
    if (packed === undefined) throw new PayloadGoneError(`the payload of ${eventId} is not kept any more`)
    return unpack(packed)
  }

  /** Adds a payload after `latest`. Returns its number, or undefined when somebody else has just added one. */
  async edit(eventId: string, latest: number, verified: Verified, by: string): Promise<number | undefined> {
    const edited = { by, at: this.#store.now() }
    const value = { format: FORMAT, packed: await pack(verified), edited }
    const version = await this.#store.putIfAbsent(receiptKey(eventId, latest + 1), { value })
    return version === undefined ? undefined : latest + 1
  }

  /** Lets all payloads of an event go at an instant of the store's time; undefined: keeps them. */
  async expire(eventId: string, latest: number, expiresAt: number | undefined): Promise<void> {
    const numbers = Array.from({ length: latest + 1 }, (_, index) => index)
    await Promise.all(numbers.map((number) => this.#store.expire(receiptKey(eventId, number), expiresAt)))
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

export const RECEIPT_PREFIX = 'receipt#'

function receiptKey(eventId: string, number: number): string {
  return number === 0 ? `${RECEIPT_PREFIX}${eventId}` : `${RECEIPT_PREFIX}${eventId}#${number}`
}

/** The event a receipt's key belongs to. */
export function eventOfReceipt(key: string): string {
  return key.slice(RECEIPT_PREFIX.length).replace(/#\d+$/, '')
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
