import { onTestFinished } from 'vitest'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import type { Store } from '../../lib/delivery/store/store.ts'

export type SteppedStore = { readonly store: Store; advance(ms: number): void }

/** A ledger store in memory whose time moves only when the test says so. */
export function steppedStore(): SteppedStore {
  let now = Date.UTC(2026, 10, 24, 2, 30)
  const store = openSqliteStore({ file: ':memory:', synchronous: 'normal', now: () => now })
  onTestFinished(() => store.close())
  return { store, advance: (ms) => (now += ms) }
}
