import { expect, it } from 'vitest'
import { writeInOrder } from '../../lib/delivery/store/in-order.ts'
import { steppedStore } from '../support/ledger-stores.ts'

const write = { value: 'new' }

/** A store without a commit of several changes, and one with. */
async function twoStores() {
  const { store } = await steppedStore()
  const oneByOne = {
    putIfAbsent: store.putIfAbsent.bind(store),
    replace: store.replace.bind(store),
  }
  return { store, oneByOne }
}

it('changes are made in their order, items that are there and new ones, and have new versions', async () => {
  const { store, oneByOne } = await twoStores()
  await store.putIfAbsent('there', { value: 'old' })
  const versions = await writeInOrder(oneByOne, [
    { key: 'there', version: 1, write },
    { key: 'absent', write },
  ])
  expect(versions).toEqual([2, 1])
  expect([await store.get('there'), await store.get('absent')]).toMatchObject([write, write])
})

it('the first change whose item is not as it says ends them', async () => {
  const { store, oneByOne } = await twoStores()
  const first = { key: 'first', write }
  expect(
    await writeInOrder(oneByOne, [first, { key: 'gone', version: 1, write }, { key: 'last', write }]),
  ).toEqual([1])
  expect(await writeInOrder(oneByOne, [first, { key: 'last', write }])).toEqual([])
  expect(await store.get('last')).toBeUndefined()
})

it('a store that can makes them in one commit', async () => {
  const { oneByOne } = await twoStores()
  const asked: unknown[] = []
  const commitInOrder = async (changes: readonly unknown[]) => {
    asked.push(changes)
    return [7]
  }
  const changes = [{ key: 'first', write }]
  expect(await writeInOrder({ ...oneByOne, commitInOrder }, changes)).toEqual([7])
  expect(asked).toEqual([changes])
})
