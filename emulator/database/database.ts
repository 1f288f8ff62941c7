import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { registerFunctions } from '../where/fold.ts'

/** What SQLite holds in a column. */
export type Stored = string | number | null
export type StoredRow = Readonly<Record<string, Stored>>

/** One SQLite database: prepared statements are kept, and everything is synchronous, so requests never interleave. */
export class Database {
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, Prepared>()
  #isWorking = false
  #shared: Promise<void> | undefined

  /**
   * The file belongs to this process alone until it ends, so that no statement has to lock it. What is committed outlives
   * the process, though not a power failure: nothing waits for the disk.
   * @param file path of the database, or `:memory:`
   */
  constructor(file: string) {
    this.#connection = new DatabaseSync(file)
    registerFunctions(this.#connection)
    this.script(`
      PRAGMA busy_timeout = 5000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_IN_KIB}`)
  }

  script(sql: string): void {
    this.#connection.exec(sql)
  }

  all(sql: string, ...parameters: Stored[]): StoredRow[] {
    const { statement, rowOf } = this.#prepared(sql)
    return (statement.all(...parameters) as unknown as Stored[][]).map(rowOf)
  }

  get(sql: string, ...parameters: Stored[]): StoredRow | undefined {
    const { statement, rowOf } = this.#prepared(sql)
    const values = statement.get(...parameters) as Stored[] | undefined
    return values && rowOf(values)
  }

  /** Returns the id of the inserted row. */
  run(sql: string, ...parameters: Stored[]): number {
    return Number(this.#prepared(sql).statement.run(...parameters).lastInsertRowid)
  }

  /** All of `work` or nothing; inside another transaction it is part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#isWorking) return work()
    const { begin, commit, rollback } = this.#connection.isTransaction ? WITHIN_SHARED : ALONE
    this.run(begin)
    this.#isWorking = true
    try {
      const result = work()
      this.run(commit)
      return result
    } catch (error) {
      this.#undo(rollback)
      throw error
    } finally {
      this.#isWorking = false
    }
  }

  /** The transactions of this turn of the event loop share one commit, which costs more than they do. */
  shareCommit(): void {
    if (this.#shared !== undefined) return
    this.run('BEGIN IMMEDIATE')
    this.#shared = new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(this.#commitShared())
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  /** Settles when all that can be read now is committed, or is lost; undefined when nothing is to be waited for. */
  get committed(): Promise<void> | undefined {
    return this.#shared
  }

  close(): void {
    this.#commitShared()
    this.#connection.close()
  }

  #commitShared(): void {
    if (this.#shared === undefined) return
    this.#shared = undefined
    try {
      this.run('COMMIT')
    } catch (error) {
      this.#undo(ALONE.rollback)
      throw error
    }
  }

  /** Some errors, such as a full disk, have ended the transaction already. */
  #undo(rollback: readonly string[]): void {
    if (this.#connection.isTransaction) for (const sql of rollback) this.run(sql)
  }

  #prepared(sql: string): Prepared {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#connection.prepare(sql)
    statement.setReturnArrays(true)
    const prepared = { statement, rowOf: rowsWith(statement.columns().map(({ name }) => name)) }
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    this.#statements.set(sql, prepared)
    return prepared
  }
}

const ALONE = { begin: 'BEGIN IMMEDIATE', commit: 'COMMIT', rollback: ['ROLLBACK'] } as const
const WITHIN_SHARED = {
  begin: 'SAVEPOINT work',
  commit: 'RELEASE work',
  rollback: ['ROLLBACK TO work', 'RELEASE work'],
} as const
const MAX_STATEMENTS = 500
const CACHE_IN_KIB = 64 * 1024

/** A statement that gives its rows as arrays: node:sqlite makes each name of a column anew for rows that are objects. */
type Prepared = {
  readonly statement: StatementSync
  rowOf(this: void, values: readonly Stored[]): StoredRow
}

/** Rows with these columns. Each is looked up when it is asked for: of most rows few are. */
function rowsWith(columns: readonly string[]): Prepared['rowOf'] {
  class Row {
    readonly values: readonly Stored[]
    constructor(values: readonly Stored[]) {
      this.values = values
    }
  }
  for (const [index, name] of columns.entries()) {
    const get = function (this: Row) {
      return this.values[index] ?? null
    }
    Object.defineProperty(Row.prototype, name, { get })
  }
  return (values) => new Row(values) as unknown as StoredRow
}
