import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeInOrder } from '../../lib/delivery/store/in-order.ts'
import type { Item, Store } from '../../lib/delivery/store/store.ts'

const HOUR_MS = 60 * 60_000

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

    it('has one winner in every round of a race between two writers', async () => {
      await store.putIfAbsent('a', { value: 'start' })
      for (let version = 1; version <= 25; version += 1) {
        const race = ['one', 'two'].map((value) =>
          store.replace('a', version, { value: `${value} ${version}` }),
        )
        const results = await Promise.all(race)
        expect(results.filter((won) => won !== undefined)).toEqual([version + 1])
        const winner = results[0] === undefined ? 'two' : 'one'
        expect((await store.get('a'))?.value).toBe(`${winner} ${version}`)
      }
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

    it('lists due items of a large index in order, up to and with `until`, and no more than asked for', async () => {
      const start = store.now()
      const delays = Array.from({ length: 60 }, (_, index) => (index * 37) % 60)
      const due = delays.map((delay) => ({ key: `due ${delay}`, wakeAt: start + delay }))
      await Promise.all(due.map(({ key, wakeAt }) => store.putIfAbsent(key, { value: 1, wakeAt })))
      const sorted = due.toSorted((one, other) => one.wakeAt - other.wakeAt)
      expect(await store.listDue(start + 40, 100)).toEqual(sorted.slice(0, 41))
      expect(await store.listDue(start + 40, 7)).toEqual(sorted.slice(0, 7))
      expect(await store.listDue(start - 1, 7)).toEqual([])
    })

    it('moves an item in the due index when its wake-up is changed', async () => {
      const now = store.now()
      await store.putIfAbsent('a', { value: 1, wakeAt: now })
      await store.replace('a', 1, { value: 1, wakeAt: now + 500 })
      expect(await store.listDue(now + 499, 10)).toEqual([])
      expect(await store.listDue(now + 500, 10)).toEqual([{ key: 'a', wakeAt: now + 500 }])
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

    it('lets an item go at the millisecond it expires and not before', async () => {
      await store.putIfAbsent('a', { value: 1, expiresAt: store.now() + 10 })
      advance(9)
      expect(await store.get('a')).toBeDefined()
      advance(1)
      expect(await store.get('a')).toBeUndefined()
    })

    it('keeps an item that is replaced without an expiry', async () => {
      await store.putIfAbsent('a', { value: 1, expiresAt: store.now() + 10 })
      await store.replace('a', 1, { value: 2 })
      advance(11)
      expect(await store.get('a')).toEqual({ key: 'a', version: 2, value: 2 })
    })

    it('never gives a version twice, so that no claim on an expired item fits its successor', async () => {
      await store.putIfAbsent('a', { value: 1 })
      await store.replace('a', 1, { value: 1, expiresAt: store.now() + 10 })
      advance(11)
      const reborn = { value: 'reborn', expiresAt: store.now() + 10 }
      expect(await store.putIfAbsent('a', reborn)).toBe(3)
      expect(await store.replace('a', 1, { value: 'late' })).toBeUndefined()
      expect(await store.replace('a', 2, { value: 'late' })).toBeUndefined()
      advance(2 * HOUR_MS)
      await store.putIfAbsent('another', { value: 1 })
      expect(await store.putIfAbsent('a', { value: 'again' })).toBe(4)
    })

    it('gives back when an item wakes and expires', async () => {
      const [wakeAt, expiresAt] = [store.now() + 5, store.now() + 7_000]
      await store.putIfAbsent('a', { value: null, wakeAt, expiresAt })
      expect(await store.get('a')).toEqual({ key: 'a', version: 1, value: null, wakeAt, expiresAt })
    })

    it.each([
      ['text of every plane', 'ß \u0000 \ud83d\ude00 \ud800 עברית 漢字 \u2028'],
      ['a megabyte that compresses', 'Sage CRM '.repeat(120_000)],
      ['a megabyte that does not', randomBytes(750_000).toString('base64')],
      ['empty things', { text: '', list: [], object: {}, nothing: null, zero: 0, no: false }],
      [
        'names that mean something elsewhere',
        JSON.parse('{"__proto__": 1, "S": "x", "spilled": {"S": "y"}}'),
      ],
    ])('keeps %s', async (_, value) => {
      await store.putIfAbsent('a', { value })
      expect((await store.get('a'))?.value).toEqual(value)
      await store.replace('a', 1, { value: [value] })
      expect((await store.get('a'))?.value).toEqual([value])
    })

    it('tells keys apart by every character', async () => {
      const keys = ['a', 'A', 'a ', 'ä', 'a\u0308', 'a#', 'a#😀', 'k'.repeat(1_000)]
      for (const key of keys) expect(await store.putIfAbsent(key, { value: key })).toBe(1)
      for (const key of keys) expect((await store.get(key))?.value).toBe(key)
      expect((await collect(store.scan('a#'))).map(({ key }) => key).toSorted()).toEqual(['a#', 'a#😀'])
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

    it('makes changes of several items in their order', async () => {
      await store.putIfAbsent('b', { value: 'old' })
      const changes = [
        { key: 'a', write: { value: 'new', wakeAt: 7 } },
        { key: 'b', version: 1, write: { value: 'new', expiresAt: store.now() + 10 } },
      ]
      expect(await writeInOrder(store, changes)).toEqual([1, 2])
      expect(await store.get('a')).toMatchObject({ version: 1, value: 'new', wakeAt: 7 })
      expect(await store.get('b')).toMatchObject({ version: 2, value: 'new' })
    })

    it('stops at the first of several changes whose item is not as it says', async () => {
      await store.putIfAbsent('b', { value: 'old' })
      const write = { value: 'new', durability: 'volatile' } as const
      const late = [
        { key: 'a', write },
        { key: 'b', version: 2, write },
        { key: 'c', write },
      ]
      expect(await writeInOrder(store, late)).toEqual([1])
      expect(await writeInOrder(store, late)).toEqual([])
      expect([(await store.get('b'))?.value, await store.get('c')]).toEqual(['old', undefined])
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
