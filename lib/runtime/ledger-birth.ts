import { FencedOffError } from '../delivery/ledger.ts'
import type { Store } from '../delivery/store/store.ts'
import * as z from '../values/schema.ts'

const KEY = 'ledger'
const Birth = z.object({ began: z.number() })

type LedgerBeginning = Pick<Store, 'now' | 'get' | 'putIfAbsent'>

/** When this ledger was begun, in its own time; the first to ask begins it. Read once per process. */
export function ledgerBirth(store: LedgerBeginning): () => Promise<number> {
  let known: Promise<number> | undefined
  return () => {
    known ??= readOrBegin(store).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
}

async function readOrBegin(store: LedgerBeginning): Promise<number> {
  await store.putIfAbsent(KEY, { value: { began: store.now() } })
  const item = await store.get(KEY)
  if (item === undefined) throw new FencedOffError('the ledger has no beginning')
  return Birth.parse(item.value).began
}
