import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BACKOFF, backoffMs } from '../../lib/delivery/backoff.ts'
import { propertyRuns } from '../support/property.ts'

it('never waits longer than the bound of its try, nor than the cap', () => {
  const policies = fc.constantFrom(...Object.values(BACKOFF))
  const property = fc.property(
    policies,
    fc.nat(200),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    (policy, attempts, drawn) => {
      const delay = backoffMs(policy, attempts, () => drawn)
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(Math.min(policy.capMs, policy.baseMs * 2 ** attempts))
    },
  )
  fc.assert(property, propertyRuns())
})

it('doubles its bound with every try until the cap', () => {
  const almostOne = () => 1 - Number.EPSILON
  const bounds = [0, 1, 2, 30].map((attempts) => backoffMs(BACKOFF.failing, attempts, almostOne))
  expect(bounds).toEqual([5_000, 10_000, 20_000, 7_200_000])
})
