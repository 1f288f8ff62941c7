import type { Change, Store } from './store.ts'

type Writable = Pick<Store, 'putIfAbsent' | 'replace' | 'commitInOrder'>

/**
 * Makes changes one after another and stops at the first whose item is not as it says. A worker may die between two of
 * them, unless the store makes them in one commit.
 * @returns the new versions of those that were made
 * @throws StoreUnavailableError: how many were made is not known
 */
export async function writeInOrder(store: Writable, changes: readonly Change[]): Promise<readonly number[]> {
  if (store.commitInOrder !== undefined) return store.commitInOrder(changes)
  const versions: number[] = []
  for (const change of changes) {
    const version = await make(store, change)
    if (version === undefined) break
    versions.push(version)
  }
  return versions
}

function make(store: Writable, { key, version, write }: Change): Promise<number | undefined> {
  return version === undefined ? store.putIfAbsent(key, write) : store.replace(key, version, write)
}
