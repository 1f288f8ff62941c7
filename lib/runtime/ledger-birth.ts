import { FencedOffError } from '../delivery/ledger.ts'
import type { Store } from '../delivery/store/store.ts'
import * as z from '../values/schema.ts'

const KEY = 'ledger'
const Birth = z.object({ began: z.number() })

/** When this ledger was begun, in its own time; the first to ask begins it. Read once per process. */
export function ledgerBirth(store: Store): () => Promise<number> {
  let known: Promise<number> | undefined
  return () => {
    known ??= readOrBegin(store).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
}

/** Begins a ledger as of an instant in its own time; one that has begun stays as it is. */
export async function beginLedger(store: Store, began: number): Promise<void> {
  await store.putIfAbsent(KEY, { value: { began } })
}

async function readOrBegin(store: Store): Promise<number> {
  await beginLedger(store, store.now())
  const item = await store.get(KEY)
  if (item === undefined) throw new FencedOffError('the ledger has no beginning')
  return Birth.parse(item.value).began
}
