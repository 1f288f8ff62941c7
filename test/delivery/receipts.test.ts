import { describe, expect, it } from 'vitest'
import { PayloadGoneError, Receipts } from '../../lib/delivery/receipts.ts'
import { writeInOrder } from '../../lib/delivery/store/in-order.ts'
import type { Verified } from '../../lib/sources/source.ts'
import { LEDGER_STORES, steppedStore } from '../support/ledger-stores.ts'

const first = { headers: {}, payload: { text: 'first' } }
const second = { headers: {}, payload: { text: 'second' } }

describe.each(LEDGER_STORES)('the receipts on $name', (on) => {
  async function setUp() {
    const { store, advance } = await steppedStore(on)
    const receipts = new Receipts(store)
    const put = async (id: string, verified: Verified) =>
      writeInOrder(store, [await receipts.toPut(id, verified)])
    return { store, advance, receipts, put }
  }

  it('keep the first payload that came under an id', async () => {
    const { receipts, put } = await setUp()
    await put('a', first)
    await put('a', second)
    expect(await receipts.read('a', 0)).toEqual(first)
  })

  it.each([10, 70_000, 3_000_000])('give back a payload of %i characters', async (length) => {
    const { receipts, put } = await setUp()
    const verified = { headers: {}, payload: { text: 'O’Brien '.repeat(length / 8) } }
    await put('a', verified)
    expect(await receipts.read('a', 0)).toEqual(verified)
  })

  it('number what is added to them, and leave out a number that somebody has taken', async () => {
    const { receipts, put, store, advance } = await setUp()
    await put('a', first)
    const received = store.now()
    advance(5)
    expect(await receipts.edit('a', 0, second, 'maeve')).toBe(1)
    expect(await receipts.addFetched('a', 0, second)).toBe(2)
    const edited = { by: 'maeve', at: store.now() }
    expect(await receipts.history('a', 2)).toEqual([
      { eventId: 'a', number: 0, at: received, isThere: true },
      { eventId: 'a', number: 1, at: store.now(), isThere: true, edited },
      { eventId: 'a', number: 2, at: store.now(), isThere: true, fetched: true },
    ])
    expect(await receipts.history('nobody', 1)).toEqual([])
  })

  it('are told with the whole id of their event, whatever is in it', async () => {
    const { receipts, put } = await setUp()
    const ids = ['a', 'a#b', 'a\nb']
    for (const id of ids) await put(id, first)
    await receipts.edit('a#b', 11, second, 'maeve')
    const all = await Array.fromAsync(receipts.all())
    const told = all.map(({ eventId, number }) => [eventId, number]).toSorted()
    expect(told).toEqual([...ids.map((id) => [id, 0]), ['a#b', 12]].toSorted())
  })

  it('all go at the instant that is set, or are kept after all', async () => {
    const { receipts, put, store, advance } = await setUp()
    await put('a', first)
    await receipts.edit('a', 0, second, 'maeve')
    await receipts.expire('a', 1, store.now() + 10)
    expect((await receipts.history('a', 1)).map(({ expiresAt }) => expiresAt)).toEqual(
      Array(2).fill(store.now() + 10),
    )
    await receipts.expire('a', 0, undefined)
    advance(10)
    expect(await receipts.read('a', 0)).toEqual(first)
    await expect(receipts.read('a', 1)).rejects.toThrow(PayloadGoneError)
  })

  it('that are erased are gone, all of them, and go for good when they would have', async () => {
    const { receipts, put, store, advance } = await setUp()
    await put('a', first)
    await receipts.edit('a', 0, second, 'maeve')
    await put('b', first)
    await receipts.erase('b', 0)
    await receipts.expire('a', 1, store.now() + 10)
    await receipts.erase('a', 2)
    for (const number of [0, 1]) await expect(receipts.read('a', number)).rejects.toThrow(PayloadGoneError)
    expect((await receipts.history('a', 1)).map(({ isThere }) => isThere)).toEqual([false, false])
    advance(10)
    expect((await Array.fromAsync(receipts.all())).map(({ eventId }) => eventId)).toEqual(['b'])
  })

  it('are erased although somebody else writes them at the same moment', async () => {
    const { receipts, put, store } = await setUp()
    await put('a', first)
    const replace = store.replace.bind(store)
    store.replace = async (key, version, write) => {
      store.replace = replace
      await store.replace(key, version, { value: (await store.get(key))?.value })
      return store.replace(key, version, write)
    }
    await receipts.erase('a', 0)
    await expect(receipts.read('a', 0)).rejects.toThrow(PayloadGoneError)
  })
})
