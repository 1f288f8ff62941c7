import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { storeContract } from './store-contract.ts'

storeContract('SQLite in memory', async () => {
  let now = 1_000_000
  const store = openSqliteStore({ file: ':memory:', synchronous: 'normal', now: () => now })
  return { store, advance: (ms) => (now += ms) }
})

storeContract('SQLite on disk with group commit', async () => {
  let now = 1_000_000
  const folder = await temporaryFolder()
  const file = path.join(folder, 'ledger.db')
  const store = openSqliteStore({ file, synchronous: 'full', now: () => now })
  return { store, advance: (ms) => (now += ms) }
})

it('keeps what was written when it is opened again', async () => {
  const file = path.join(await temporaryFolder(), 'ledger.db')
  const first = openSqliteStore({ file, synchronous: 'normal' })
  await first.putIfAbsent('a', { value: 'kept' })
  await first.close()
  const second = openSqliteStore({ file, synchronous: 'normal' })
  expect((await second.get('a'))?.value).toBe('kept')
  await second.close()
})

it('starts a new epoch at every opening only for a sole worker', async () => {
  const epochs = (soleWorker: boolean) => {
    const stores = [1, 2].map(() => openSqliteStore({ file: ':memory:', synchronous: 'normal', soleWorker }))
    return new Set(stores.map((store) => store.epoch)).size
  }
  expect(epochs(true)).toBe(2)
  expect(epochs(false)).toBe(1)
})

it('deletes what expired more than a day ago', async () => {
  let now = Date.UTC(2026, 10, 24)
  const store = openSqliteStore({ file: ':memory:', synchronous: 'normal', now: () => now })
  onTestFinished(() => store.close())
  for (const key of ['a', 'b']) await store.putIfAbsent(key, { value: 1, expiresAt: now + 1 })
  now += 25 * 60 * 60_000
  await store.putIfAbsent('the purge goes with the next put', { value: 1 })
  expect(await store.putIfAbsent('a', { value: 1 })).toBe(1)
})

it('rejects a write it cannot make, and every other write of the same group', async () => {
  const store = openSqliteStore({ file: ':memory:', synchronous: 'normal' })
  await store.close()
  const writes = [store.putIfAbsent('a', { value: 1 }), store.putIfAbsent('b', { value: 1 })]
  for (const result of await Promise.allSettled(writes)) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
  }
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
