import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SharedSync } from './shared-sync.ts'
import { type Durability, StoreUnavailableError } from './store.ts'

type Waiting = {
  readonly write: () => unknown
  readonly durability: Durability
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Runs the writes that arrive in one turn of the event loop in one transaction. A write's promise resolves after the
 * commit, and that of a durable one after the commit is on the disk, never before. The disk is waited for beside the
 * event loop and not within SQLite's COMMIT: deliveries go on meanwhile, and the commits they make share the next wait.
 * The WAL is written from its beginning to its end, so what is on the disk is never without what was written before it
 * (https://www.sqlite.org/wal.html).
 */
export class GroupCommit {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #end: StatementSync
  readonly #disk: SharedSync | undefined
  #waiting: Waiting[] = []
  readonly #unsettled = new Set<Promise<void>>()

  /**
   * @param database a connection that does not wait for the disk itself (`synchronous=NORMAL`)
   * @param disk what durable writes wait for; none where the ledger need only survive its process
   */
  constructor(database: DatabaseSync, disk?: SharedSync) {
    this.#database = database
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#end = database.prepare('COMMIT')
    this.#disk = disk
  }

  run<T>(write: () => T, durability: Durability = 'durable'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) this.#commitSoon()
      this.#waiting.push({ write, durability, resolve: (value) => resolve(value as T), reject })
    })
  }

  /** Resolves when every write has been made or refused. */
  async idle(): Promise<void> {
    while (this.#unsettled.size > 0) await Promise.all(this.#unsettled)
  }

  #commitSoon(): void {
    const commit = new Promise<void>((settled) => setImmediate(() => settled(this.#commit())))
    this.#unsettled.add(commit)
    void commit.then(() => this.#unsettled.delete(commit))
  }

  async #commit(): Promise<void> {
    const group = this.#waiting
    this.#waiting = []
    try {
      const results = this.#transaction(group)
      const settle = (durability: Durability) =>
        group.forEach((waiting, index) => {
          if (waiting.durability === durability) waiting.resolve(results[index])
        })
      settle('volatile')
      if (group.some(({ durability }) => durability === 'durable')) await this.#disk?.reached()
      settle('durable')
    } catch (cause) {
      const error = new StoreUnavailableError('the ledger database cannot be written', { cause })
      for (const waiting of group) waiting.reject(error)
    }
  }

  #transaction(group: readonly Waiting[]): unknown[] {
    this.#begin.run()
    try {
      const results = group.map((waiting) => waiting.write())
      this.#end.run()
      return results
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}
