import { expect, it, onTestFinished } from 'vitest'
import { isBeside, sequentialDepth } from '../../../bench/orders/depth.ts'
import { openShop, orderOf } from '../../../bench/orders/shop.ts'

const LATENCY_MS = 250

it('an order of three lines takes at most six requests one after another, of a known customer at most four', async () => {
  const shop = await openShop(3, LATENCY_MS)
  onTestFinished(() => shop.close())
  const unknown = (await shop.place(orderOf('1', 3, 'maeve'))).filter((one) => !isBeside(one))
  const known = (await shop.place(orderOf('2', 3, 'maeve'))).filter((one) => !isBeside(one))
  expect(sequentialDepth(unknown)).toBeLessThanOrEqual(6)
  expect(sequentialDepth(known)).toBeLessThanOrEqual(4)
  expect(known.filter(({ what }) => what === 'POST QuoteItems')).toHaveLength(3)
})

it('requests one after another are the most of which no two were open at the same time', () => {
  const at = (from: number, until: number) => ({ what: '', from, until })
  expect(sequentialDepth([at(0, 10), at(1, 3), at(3, 5), at(6, 12)])).toBe(3)
  expect(sequentialDepth([at(0, 10), at(0, 10)])).toBe(1)
})
