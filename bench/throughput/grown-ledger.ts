import { readEnvironment } from '../../lib/runtime/env.ts'
import { beginLedger } from '../../lib/runtime/ledger-birth.ts'
import { openStore } from '../../lib/runtime/stores.ts'

const TWO_HOURS_MS = 2 * 60 * 60 * 1_000

/**
 * Begins the ledger of this process's environment as if two hours ago. In its first hour a ledger looks for each record before
 * it creates it (docs/decisions/0003); what is measured is what an installation does in all the hours after.
 */
export async function beginGrownLedger(): Promise<void> {
  const store = await openStore(readEnvironment())
  await beginLedger(store, store.now() - TWO_HOURS_MS)
  await store.close()
}
