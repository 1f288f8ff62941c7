import { beforeEach, describe, expect, it } from 'vitest'
import type { Item, Store } from '../../lib/delivery/store/store.ts'

/** A store whose clock the test moves. */
export type TestStore = { readonly store: Store; advance(ms: number): void }

/** What every store must do, whatever it is kept in. */
export function storeContract(name: string, open: () => Promise<TestStore>): void {
  describe(`${name} as a store`, () => {
    let store: Store
    let advance: (ms: number) => void
    beforeEach(async () => {
      const opened = await open()
      store = opened.store
      advance = opened.advance
      return () => store.close()
    })

    it('gives back what was put, with version 1', async () => {
      expect(await store.putIfAbsent('a', { value: { text: 'é 😀', list: [1, null] } })).toBe(1)
      expect(await store.get('a')).toMatchObject({
        key: 'a',
        version: 1,
        value: { text: 'é 😀', list: [1, null] },
      })
    })

    it('has nothing under a key nobody put', async () => {
      expect(await store.get('nobody')).toBeUndefined()
    })

    it('lets one of many simultaneous puts of a key win', async () => {
      const puts = Array.from({ length: 20 }, (_, index) => store.putIfAbsent('race', { value: index }))
      const won = (await Promise.all(puts)).flatMap((version, index) =>
        version === undefined ? [] : [index],
      )
      expect(won).toHaveLength(1)
      expect((await store.get('race'))?.value).toBe(won[0])
    })

    it('replaces only the version that was read', async () => {
      await store.putIfAbsent('a', { value: 'first' })
      expect(await store.replace('a', 1, { value: 'second' })).toBe(2)
      expect(await store.replace('a', 1, { value: 'late' })).toBeUndefined()
      expect((await store.get('a'))?.value).toBe('second')
    })

    it('lets one of many simultaneous replacements of a version win', async () => {
      await store.putIfAbsent('a', { value: 0 })
      const all = Array.from({ length: 20 }, (_, index) => store.replace('a', 1, { value: index }))
      const won = (await Promise.all(all)).filter((version) => version !== undefined)
      expect(won).toEqual([2])
    })

    it('does not replace what is not there', async () => {
      expect(await store.replace('nobody', 1, { value: 1 })).toBeUndefined()
    })

    it('lists due items earliest first and leaves out those without a wake-up', async () => {
      const now = store.now()
      await store.putIfAbsent('later', { value: 1, wakeAt: now - 1 })
      await store.putIfAbsent('earlier', { value: 1, wakeAt: now - 2 })
      await store.putIfAbsent('future', { value: 1, wakeAt: now + 1_000 })
      await store.putIfAbsent('never', { value: 1 })
      expect((await store.listDue(now, 10)).map((due) => due.key)).toEqual(['earlier', 'later'])
      expect(await store.listDue(now, 1)).toHaveLength(1)
    })

    it('takes an item out of the due index when it is replaced without a wake-up', async () => {
      await store.putIfAbsent('a', { value: 1, wakeAt: store.now() - 1 })
      await store.replace('a', 1, { value: 1 })
      expect(await store.listDue(store.now(), 10)).toEqual([])
    })

    it('treats an expired item as absent everywhere', async () => {
      await store.putIfAbsent('a', { value: 'old', expiresAt: store.now() + 10, wakeAt: store.now() })
      advance(11)
      expect(await store.get('a')).toBeUndefined()
      expect(await store.replace('a', 1, { value: 'late' })).toBeUndefined()
      expect(await store.listDue(store.now(), 10)).toEqual([])
      expect(await collect(store.scan('a'))).toEqual([])
      expect(await store.putIfAbsent('a', { value: 'new' })).toBeGreaterThan(1)
      expect((await store.get('a'))?.value).toBe('new')
    })

    it('lets an item go later, or keeps it after all, without touching its value and version', async () => {
      await store.putIfAbsent('a', { value: 'a', wakeAt: 5 })
      await store.putIfAbsent('b', { value: 'b' })
      await store.expire('a', store.now() + 10)
      await store.expire('b', store.now() + 10)
      expect(await store.get('a')).toMatchObject({ version: 1, value: 'a', wakeAt: 5 })
      await store.expire('b', undefined)
      await store.expire('nobody', store.now() + 10)
      advance(11)
      expect(await store.get('a')).toBeUndefined()
      expect(await store.get('b')).toMatchObject({ version: 1, value: 'b' })
      expect(await store.get('nobody')).toBeUndefined()
    })

    it('scans every item with a prefix, across pages, and no other', async () => {
      const keys = Array.from({ length: 450 }, (_, index) => `event#${index}`)
      await Promise.all([...keys, 'event', 'subject#1'].map((key) => store.putIfAbsent(key, { value: key })))
      const found = (await collect(store.scan('event#'))).map((item) => item.key)
      expect(found.toSorted()).toEqual(keys.toSorted())
    })
  })
}

async function collect(items: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(items)
}
