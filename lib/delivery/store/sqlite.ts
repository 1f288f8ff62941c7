import { randomUUID } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { GroupCommit } from './group-commit.ts'
import { SharedSync } from './shared-sync.ts'
import {
  type Change,
  type Durability,
  type Item,
  KEEP_EXPIRED_MS,
  type Store,
  StoreUnavailableError,
  type Write,
} from './store.ts'
import { WalFile } from './wal-file.ts'

export type SqliteStoreOptions = {
  /** Path of the database file, or `:memory:`. */
  readonly file: string
  /**
   * `full`: what is durable survives a power cut (it waits for the disk, with all others that wait at that time);
   * `normal`: all survives the death of the process. https://www.sqlite.org/pragma.html#pragma_synchronous
   */
  readonly synchronous: 'full' | 'normal'
  /** True when the caller guarantees that no other process works on this ledger: leases of earlier ones are void. */
  readonly soleWorker?: boolean
  readonly now?: () => number
}

/** A checkpoint copies the log into the database, with everybody waiting: after 16 MB of log instead of 4 MB. */
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 4000;
`
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS item (
    key TEXT PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL, wake_at INTEGER, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS item_due ON item (wake_at) WHERE wake_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
`
const SHARED_EPOCH = 'shared'
const PURGE_INTERVAL_MS = 60 * 60 * 1000
const SCAN_PAGE = 200

type ItemRow = {
  key: string
  version: number
  value: string
  wake_at: number | null
  expires_at: number | null
}

/**
 * The store on one machine: one SQLite file in WAL mode, written in shared transactions. SQLite itself is loaded here
 * and not imported: a bundler lifts imports of Node's modules to the top, and on AWS it would be loaded for nothing.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(options)
}

class SqliteStore implements Store {
  readonly now: () => number
  readonly epoch: string
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #wal: WalFile | undefined
  readonly #writes: GroupCommit
  #purgedAt = 0

  constructor(options: SqliteStoreOptions) {
    this.now = options.now ?? Date.now
    this.epoch = options.soleWorker === true ? randomUUID() : SHARED_EPOCH
    const sqlite = process.getBuiltinModule('node:sqlite')
    this.#database = new sqlite.DatabaseSync(options.file, { timeout: 5_000 })
    this.#database.exec(`${SETTINGS} ${SCHEMA}`)
    this.#statements = prepare(this.#database)
    const waitsForDisk = options.synchronous === 'full' && options.file !== ':memory:'
    this.#wal = waitsForDisk ? new WalFile(options.file) : undefined
    this.#writes = new GroupCommit(this.#database, this.#wal && new SharedSync(this.#wal))
  }

  async get(key: string): Promise<Item | undefined> {
    const row = attempt(() => this.#statements.get.get({ key, now: this.now() }))
    return row === undefined ? undefined : toItem(row as ItemRow)
  }

  putIfAbsent(key: string, write: Write): Promise<number | undefined> {
    this.#purgeNowAndThen()
    return this.#writes.run(() => this.#put(key, write), write.durability)
  }

  replace(key: string, version: number, write: Write): Promise<number | undefined> {
    return this.#writes.run(() => this.#replace(key, version, write), write.durability)
  }

  async expire(key: string, expiresAt: number | undefined, durability?: Durability): Promise<void> {
    await this.#writes.run(
      () => this.#statements.expire.run({ key, now: this.now(), expiresAt: expiresAt ?? null }),
      durability,
    )
  }

  readonly commitInOrder = (changes: readonly Change[]): Promise<readonly number[]> => {
    this.#purgeNowAndThen()
    const isVolatile = changes.every(({ write }) => write.durability === 'volatile')
    return this.#writes.run(() => this.#makeInOrder(changes), isVolatile ? 'volatile' : 'durable')
  }

  #makeInOrder(changes: readonly Change[]): readonly number[] {
    const versions: number[] = []
    for (const { key, version, write } of changes) {
      const made = version === undefined ? this.#put(key, write) : this.#replace(key, version, write)
      if (made === undefined) break
      versions.push(made)
    }
    return versions
  }

  #put(key: string, write: Write): number | undefined {
    const { changes } = this.#statements.put.run({ key, now: this.now(), ...columns(write) })
    return Number(changes) === 1 ? this.#versionOf(key) : undefined
  }

  #replace(key: string, version: number, write: Write): number | undefined {
    const { changes } = this.#statements.replace.run({ key, version, now: this.now(), ...columns(write) })
    return Number(changes) === 1 ? version + 1 : undefined
  }

  async listDue(until: number, limit: number) {
    const rows = attempt(() => this.#statements.due.all({ until, limit, now: this.now() })) as ItemRow[]
    return rows.map((row) => ({ key: row.key, wakeAt: row.wake_at ?? until }))
  }

  async *scan(prefix: string): AsyncIterable<Item> {
    let from = prefix
    for (;;) {
      const bounds = { from, end: `${prefix}\u{10FFFF}`, now: this.now(), limit: SCAN_PAGE }
      const rows = attempt(() => this.#statements.scan.all(bounds)) as ItemRow[]
      for (const row of rows) yield toItem(row)
      const last = rows.at(-1)
      if (last === undefined || rows.length < SCAN_PAGE) return
      from = `${last.key}\0`
    }
  }

  async close(): Promise<void> {
    await this.#writes.idle()
    await this.#wal?.close()
    if (this.#database.isOpen) this.#database.close()
  }

  /** A key that expired and is written again goes on counting, so that no old claim can match its version. */
  #versionOf(key: string): number {
    return (this.#statements.version.get({ key }) as { version: number }).version
  }

  #purgeNowAndThen(): void {
    const now = this.now()
    if (now - this.#purgedAt < PURGE_INTERVAL_MS) return
    this.#purgedAt = now
    void this.#writes
      .run(() => this.#statements.purge.run({ before: now - KEEP_EXPIRED_MS }))
      .catch(() => undefined)
  }
}

type Statements = Record<
  'get' | 'put' | 'replace' | 'expire' | 'version' | 'due' | 'scan' | 'purge',
  StatementSync
>

function prepare(database: DatabaseSync): Statements {
  const live = '(expires_at IS NULL OR expires_at > :now)'
  return {
    get: database.prepare(`SELECT * FROM item WHERE key = :key AND ${live}`),
    put: database.prepare(`INSERT INTO item (key, version, value, wake_at, expires_at)
      VALUES (:key, 1, :value, :wakeAt, :expiresAt)
      ON CONFLICT (key) DO UPDATE SET version = version + 1, value = excluded.value,
        wake_at = excluded.wake_at, expires_at = excluded.expires_at
      WHERE NOT ${live}`),
    replace: database.prepare(`UPDATE item
      SET version = version + 1, value = :value, wake_at = :wakeAt, expires_at = :expiresAt
      WHERE key = :key AND version = :version AND ${live}`),
    expire: database.prepare(`UPDATE item SET expires_at = :expiresAt WHERE key = :key AND ${live}`),
    version: database.prepare('SELECT version FROM item WHERE key = :key'),
    due: database.prepare(
      `SELECT * FROM item WHERE wake_at <= :until AND ${live} ORDER BY wake_at LIMIT :limit`,
    ),
    scan: database.prepare(
      `SELECT * FROM item WHERE key >= :from AND key < :end AND ${live} ORDER BY key LIMIT :limit`,
    ),
    purge: database.prepare('DELETE FROM item WHERE expires_at <= :before'),
  }
}

function columns(write: Write) {
  return {
    value: JSON.stringify(write.value),
    wakeAt: write.wakeAt ?? null,
    expiresAt: write.expiresAt ?? null,
  }
}

function toItem(row: ItemRow): Item {
  return {
    key: row.key,
    version: row.version,
    value: JSON.parse(row.value) as unknown,
    ...(row.wake_at === null ? {} : { wakeAt: row.wake_at }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
  }
}

function attempt<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new StoreUnavailableError('the ledger database cannot be read', { cause })
  }
}
