import type { Item, Store, Write } from './store.ts'

/**
 * Reads an item, lets `change` say what it shall be, and writes it, again and again until nobody else was faster.
 * `undefined` from `change` leaves it alone. Returns the item as it is then, or undefined when there is none.
 */
export async function updateItem(
  store: Store,
  key: string,
  change: (item: Item | undefined) => Write | undefined,
): Promise<(Write & { readonly version: number }) | undefined> {
  for (;;) {
    const item = await store.get(key)
    const write = change(item)
    if (write === undefined) return item
    const version =
      item === undefined ? await store.putIfAbsent(key, write) : await store.replace(key, item.version, write)
    if (version !== undefined) return { ...write, version }
  }
}
