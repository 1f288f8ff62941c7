import { expect, it } from 'vitest'
import { tally, tallyOf } from '../../lib/delivery/tally.ts'
import { steppedStore } from '../support/ledger-stores.ts'

const DAY_MS = 24 * 60 * 60_000

it('counts are those of a day by the store’s time in UTC', async () => {
  const { store, advance } = await steppedStore()
  const first = store.now()
  await tally(store, ({ duplicates }) => ({ duplicates: duplicates + 1 }))
  await tally(store, ({ duplicates, outages }) => ({ duplicates: duplicates + 1, outages: outages + 3 }))
  await tally(store, () => ({ broken: 5 }))
  expect(await tallyOf(store, first)).toMatchObject({ duplicates: 2, outages: 3, broken: 5 })
  advance(DAY_MS)
  expect(await tallyOf(store, store.now())).toMatchObject({ duplicates: 0, outages: 0, broken: 0 })
  await tally(store, ({ outages }) => ({ outages: outages + 1 }))
  expect(await tallyOf(store, store.now())).toMatchObject({ outages: 1 })
  expect(await tallyOf(store, first)).toMatchObject({ outages: 3 })
})

it('a day’s counts are kept for forty days after the last of them', async () => {
  const { store, advance } = await steppedStore()
  const day = store.now()
  await tally(store, () => ({ outages: 1 }))
  advance(40 * DAY_MS - 1)
  expect(await tallyOf(store, day)).toMatchObject({ outages: 1 })
  advance(1)
  expect(await tallyOf(store, day)).toMatchObject({ outages: 0 })
})

it('counts that an older version wrote lack what it did not count', async () => {
  const { store } = await steppedStore()
  const key = `tally#${new Date(store.now()).toISOString().slice(0, 10)}`
  await store.putIfAbsent(key, { value: { format: 1 } })
  expect(await tallyOf(store, store.now())).toEqual({ format: 1, duplicates: 0, outages: 0, broken: 0 })
})
