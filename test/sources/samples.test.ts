import { expect, test } from 'vitest'
import { checkSamples } from '../support/samples.ts'

test('every sample becomes what its golden file says, and its money adds up', async () => {
  const rows = await checkSamples()
  expect(rows.filter(({ problems }) => problems.length > 0)).toEqual([])
  expect(rows.length).toBeGreaterThan(0)
})
