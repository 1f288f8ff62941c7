import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailableError } from './store.ts'

type Waiting = { readonly write: () => unknown; resolve(value: unknown): void; reject(error: unknown): void }

/**
 * Runs the writes that arrive in one turn of the event loop in one transaction: one fsync for all of them.
 * A write's promise resolves after the commit, never before.
 */
export class GroupCommit {
  readonly #database: DatabaseSync
  #waiting: Waiting[] = []
  #scheduled: Promise<void> | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  run<T>(write: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ write, resolve: (value) => resolve(value as T), reject })
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
}
