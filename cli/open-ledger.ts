import { existsSync } from 'node:fs'
import path from 'node:path'
import { Ledger } from '../lib/delivery/ledger.ts'
import { openSqliteStore } from '../lib/delivery/store/sqlite.ts'

/** Runs `work` with the ledger in a data folder; a running `npm start` may be using it at the same time. */
export async function withLedger<T>(folder: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const file = path.join(folder, 'ledger.db')
  if (!existsSync(file))
    throw new Error(`no ledger at ${file}: run npm start first, or name its folder with --data`)
  const store = openSqliteStore({ file, synchronous: 'full' })
  try {
    return await work(new Ledger(store, { payloadDays: 30 }))
  } finally {
    await store.close()
  }
}
