/**
 * `volatile`: may be forgotten when the machine itself dies, never when a process does, and never if anything that was
 * written after it is remembered. Enough for what only living workers need, such as leases; a store that several machines
 * share makes no difference.
 */
export type Durability = 'durable' | 'volatile'

/** What the ledger keeps under one key. `wakeAt` puts the item into the due index, `expiresAt` lets it go. */
export type Write = {
  readonly value: unknown
  readonly wakeAt?: number
  readonly expiresAt?: number
  /** `durable` unless it says so. */
  readonly durability?: Durability
}

/** An item as read. `version` grows with every write and is the fencing token of a claim. */
export type Item = Omit<Write, 'durability'> & { readonly key: string; readonly version: number }

/** A write of an item that is at `version`. */
export type Replacement = { readonly key: string; readonly version: number; readonly write: Write }

/** A replacement, or a write of an item that is not there. */
export type Change = Replacement | { readonly key: string; readonly version?: never; readonly write: Write }

/**
 * The compare-and-swap store under the ledger. Instants are milliseconds of the store's own time, so that workers
 * with wrong clocks agree. Every promise resolves only after the write is as durable as it asks; a store that cannot
 * say so rejects with StoreUnavailableError.
 */
export type Store = {
  now(): number
  /**
   * Leases given out under another epoch are void: whoever held them is known to be dead. A store that several
   * machines share has one epoch for ever; a store locked by one process starts a new one each time it is opened.
   */
  readonly epoch: string
  /** The item, unless there is none or it has expired. Reads see every write that was acknowledged before. */
  get(key: string): Promise<Item | undefined>
  /** The new item's version, or undefined when the key is taken. An expired item counts as absent. */
  putIfAbsent(key: string, write: Write): Promise<number | undefined>
  /** The new version, or undefined when the item is no longer at `version`. Replaces value, wakeAt and expiresAt. */
  replace(key: string, version: number, write: Write): Promise<number | undefined>
  /**
   * Lets an item go at an instant, or keeps it for good; its value and version stay. For what is never changed otherwise.
   * Nothing happens when there is no such item.
   */
  expire(key: string, expiresAt: number | undefined, durability?: Durability): Promise<void>
  /**
   * Where one commit of several changes costs as much as one change: `writeInOrder` asks for it.
   */
  readonly commitInOrder?: (changes: readonly Change[]) => Promise<readonly number[]>
  /** Keys whose `wakeAt` is not after `until`, earliest first. The index may lag behind the items by a moment. */
  listDue(until: number, limit: number): Promise<readonly { readonly key: string; readonly wakeAt: number }[]>
  /** Every live item whose key begins with `prefix`, in no particular order; for people's questions, not for the pipe. */
  scan(prefix: string): AsyncIterable<Item>
  close(): Promise<void>
}

/**
 * An item is deleted for good this long after it expired, and until then a new write under its key goes on counting
 * its versions: whoever read the old item has given up long before.
 */
export const KEEP_EXPIRED_MS = 24 * 60 * 60_000

/** The store cannot be reached or cannot write: nothing is known to be stored. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
}
