import { expect, it } from 'vitest'
import { shrink } from '../../simulation/shrink.ts'

const numbers = Array.from({ length: 200 }, (_, index) => index)

it('leaves out all that a failure does not need', async () => {
  const fails = async (part: readonly number[]) => part.includes(17) && part.includes(150)
  expect(await shrink(numbers, fails)).toEqual([17, 150])
})

it('keeps a list of which every part is needed', async () => {
  const all = numbers.slice(0, 5)
  expect(await shrink(all, async (part) => part.length === all.length)).toEqual(all)
})
