import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { registerFunctions } from '../where/fold.ts'

/** What SQLite holds in a column. */
export type Stored = string | number | null
export type StoredRow = Readonly<Record<string, Stored>>

/** One SQLite database: prepared statements are kept, and everything is synchronous, so requests never interleave. */
export class Database {
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** @param file path of the database, or `:memory:` */
  constructor(file: string) {
    this.#connection = new DatabaseSync(file)
    registerFunctions(this.#connection)
    this.script('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000')
  }

  script(sql: string): void {
    this.#connection.exec(sql)
  }

  all(sql: string, ...parameters: Stored[]): StoredRow[] {
    return this.#prepared(sql).all(...parameters) as StoredRow[]
  }

  get(sql: string, ...parameters: Stored[]): StoredRow | undefined {
    return this.#prepared(sql).get(...parameters) as StoredRow | undefined
  }

  /** Returns the id of the inserted row. */
  run(sql: string, ...parameters: Stored[]): number {
    return Number(this.#prepared(sql).run(...parameters).lastInsertRowid)
  }

  /** All of `work` or nothing; inside another transaction it is part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#connection.isTransaction) return work()
    this.script('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.script('COMMIT')
      return result
    } catch (error) {
      this.script('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#connection.close()
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#connection.prepare(sql)
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    this.#statements.set(sql, statement)
    return statement
  }
}

const MAX_STATEMENTS = 500
