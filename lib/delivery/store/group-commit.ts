import type { DatabaseSync } from 'node:sqlite'
import { type Durability, StoreUnavailableError } from './store.ts'

type Waiting = {
  readonly write: () => unknown
  readonly durability: Durability
  resolve(value: unknown): void
  reject(error: unknown): void
}

type Synchronous = 'full' | 'normal'

/**
 * Runs the writes that arrive in one turn of the event loop in one transaction: one fsync for all of them, and none if
 * all are volatile. A write's promise resolves after the commit, never before. The fsync of a commit covers the commits
 * before it: the WAL is written and synced from its beginning (https://www.sqlite.org/wal.html).
 */
export class GroupCommit {
  readonly #database: DatabaseSync
  readonly #whenDurable: Synchronous
  #synchronous: Synchronous
  #waiting: Waiting[] = []
  #scheduled: Promise<void> | undefined

  /** @param synchronous the database's setting, which is that of durable writes */
  constructor(database: DatabaseSync, synchronous: Synchronous) {
    this.#database = database
    this.#whenDurable = synchronous
    this.#synchronous = synchronous
  }

  run<T>(write: () => T, durability: Durability = 'durable'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ write, durability, resolve: (value) => resolve(value as T), reject })
      this.#scheduled ??= new Promise((done) => setImmediate(() => done(this.#commit())))
    })
  }

  async idle(): Promise<void> {
    while (this.#scheduled !== undefined) await this.#scheduled
  }

  #commit(): void {
    const group = this.#waiting
    this.#waiting = []
    this.#scheduled = undefined
    try {
      const results = this.#transaction(group)
      group.forEach((waiting, index) => {
        waiting.resolve(results[index])
      })
    } catch (cause) {
      const error = new StoreUnavailableError('the ledger database cannot be written', { cause })
      for (const waiting of group) waiting.reject(error)
    }
  }

  #transaction(group: readonly Waiting[]): unknown[] {
    this.#sync(group.some(({ durability }) => durability === 'durable') ? this.#whenDurable : 'normal')
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const results = group.map((waiting) => waiting.write())
      this.#database.exec('COMMIT')
      return results
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #sync(synchronous: Synchronous): void {
    if (synchronous === this.#synchronous) return
    this.#database.exec(`PRAGMA synchronous = ${synchronous}`)
    this.#synchronous = synchronous
  }
}
