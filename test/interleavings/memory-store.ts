import type { Item, Store, Write } from '../../lib/delivery/store/store.ts'

/** A store in memory that does one call after another, as a model of every store. */
export function memoryStore(now: () => number): Store {
  const items = new Map<string, Item>()
  const live = (key: string) => {
    const item = items.get(key)
    return item !== undefined && (item.expiresAt ?? Number.POSITIVE_INFINITY) > now() ? item : undefined
  }
  const put = (key: string, version: number, write: Write) => {
    items.set(key, { ...structuredClone(write), key, version })
    return version
  }
  return {
    now,
    epoch: 'shared',
    get: async (key) => structuredClone(live(key)),
    putIfAbsent: async (key, write) =>
      live(key) === undefined ? put(key, (items.get(key)?.version ?? 0) + 1, write) : undefined,
    replace: async (key, version, write) =>
      live(key)?.version === version ? put(key, version + 1, write) : undefined,
    expire: async (key, expiresAt) => {
      const item = live(key)
      if (item === undefined) return
      const { expiresAt: _, ...kept } = item
      items.set(key, { ...kept, ...(expiresAt !== undefined && { expiresAt }) })
    },
    listDue: async (until, limit) => {
      const due = [...items.values()].flatMap(({ key, wakeAt }) =>
        wakeAt !== undefined && wakeAt <= until && live(key) ? [{ key, wakeAt }] : [],
      )
      return due.toSorted((one, other) => one.wakeAt - other.wakeAt).slice(0, limit)
    },
    async *scan(prefix) {
      for (const key of items.keys()) {
        const item = key.startsWith(prefix) ? live(key) : undefined
        if (item !== undefined) yield structuredClone(item)
      }
    },
    close: async () => undefined,
  }
}
