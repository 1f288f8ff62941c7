import { afterAll, onTestFinished } from 'vitest'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { createTable, type DynamoDbServer, startDynamoDb } from './dynamodb.ts'

/** A kind of store; `now` is its clock. */
export type LedgerStore = { readonly name: string; open(now: () => number): Promise<Store> }

export const SQLITE: LedgerStore = {
  name: 'SQLite',
  open: async (now) => openSqliteStore({ file: ':memory:', synchronous: 'normal', now }),
}

const DYNAMODB: LedgerStore = {
  name: 'DynamoDB',
  open: async (now) => (await createTable(await sharedDynamoDb())).open({ clock: standsFor(now) }),
}

/** Every kind of store a ledger can be kept in: tests of the ledger run on each. Mutants are tried on the quicker one. */
export const LEDGER_STORES: readonly LedgerStore[] =
  process.env['LEDGER_STORES'] === 'sqlite' ? [SQLITE] : [SQLITE, DYNAMODB]

export type SteppedStore = { readonly store: Store; advance(ms: number): void }

/** An empty store whose time moves only when the test says so. */
export async function steppedStore(on: LedgerStore = SQLITE): Promise<SteppedStore> {
  let now = Date.UTC(2026, 10, 24, 2, 30)
  const store = await on.open(() => now)
  onTestFinished(() => store.close())
  return { store, advance: (ms) => (now += ms) }
}

let shared: Promise<DynamoDbServer> | undefined
afterAll(async () => (await shared)?.close())

/** The one server of this test file, started by the first test that needs it. */
export function sharedDynamoDb(): Promise<DynamoDbServer> {
  shared ??= startDynamoDb()
  return shared
}

/** A clock of the test's own, which no answer changes. */
export function standsFor(now: () => number) {
  return { now, observe: () => undefined, monotonic: () => performance.now() }
}
