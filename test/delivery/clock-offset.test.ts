import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { narrow, type OffsetBounds, offsetOf, storeClock } from '../../lib/delivery/store/clock-offset.ts'
import { propertyRuns } from '../support/property.ts'

const MINUTE_MS = 60_000

/** What a client sees of one exchange with a server whose clock is `offset` ahead of the client's monotonic one. */
type Exchange = { readonly pauseMs: number; readonly outMs: number; readonly backMs: number }

const latency = fc.integer({ min: 0, max: 2_000 })
const exchanges = fc.array(
  fc.record({ pauseMs: fc.integer({ min: 0, max: 10 * MINUTE_MS }), outMs: latency, backMs: latency }),
  { minLength: 1, maxLength: 30 },
)
const offsets = fc.integer({ min: -1e12, max: 1e12 })

function observe(exchanges: readonly Exchange[], offset: (monotonic: number) => number) {
  let at = 0
  return exchanges.map(({ pauseMs, outMs, backMs }) => {
    const sentAt = at + pauseMs
    const answeredAt = sentAt + outMs
    at = answeredAt + backMs
    const date = Math.floor((answeredAt + offset(answeredAt)) / 1000) * 1000
    return { date, sentAt, receivedAt: at }
  })
}

function narrowed(exchanges: readonly Exchange[], offset: (monotonic: number) => number): OffsetBounds[] {
  let bounds: OffsetBounds | undefined
  return observe(exchanges, offset).map((observation) => {
    bounds = narrow(bounds, observation)
    return bounds
  })
}

describe('the bounds of the offset', () => {
  it('contain the true offset, whatever the latencies, and the estimate is within half their width', () => {
    fc.assert(
      fc.property(exchanges, offsets, (exchanges, offset) => {
        for (const bounds of narrowed(exchanges, () => offset)) {
          expect(bounds.low).toBeLessThanOrEqual(offset)
          expect(bounds.high).toBeGreaterThanOrEqual(offset)
          const error = Math.abs(offsetOf(bounds) - offset)
          expect(error).toBeLessThanOrEqual((bounds.high - bounds.low) / 2)
        }
      }),
      propertyRuns(),
    )
  })

  it('contain the true offset also while one of the clocks drifts by up to 500 ppm', () => {
    const drift = fc.double({ min: -0.000499, max: 0.000499, noNaN: true })
    fc.assert(
      fc.property(exchanges, offsets, drift, (exchanges, offset, drift) => {
        const trueOffset = (monotonic: number) => offset + drift * monotonic
        for (const bounds of narrowed(exchanges, trueOffset)) {
          expect(bounds.low).toBeLessThanOrEqual(trueOffset(bounds.at))
          expect(bounds.high).toBeGreaterThanOrEqual(trueOffset(bounds.at))
        }
      }),
      propertyRuns(),
    )
  })

  it('are never wider than one answer makes them: a second and the time it took', () => {
    fc.assert(
      fc.property(exchanges, offsets, (exchanges, offset) => {
        narrowed(exchanges, () => offset).forEach((bounds, index) => {
          const { outMs, backMs } = exchanges[index] as Exchange
          expect(bounds.high - bounds.low).toBeLessThanOrEqual(1_000 + 1.001 * (outMs + backMs) + 1e-3)
        })
      }),
      propertyRuns(),
    )
  })

  it('close in on the offset while answers come at different moments of the second', () => {
    const quick = Array.from({ length: 40 }, () => ({ pauseMs: 137, outMs: 1, backMs: 1 }))
    const last = narrowed(quick, () => 123_456).at(-1)
    expect(last && last.high - last.low).toBeLessThan(60)
  })

  it('follow a clock that was set', () => {
    const ten = Array.from({ length: 10 }, () => ({ pauseMs: 333, outMs: 1, backMs: 1 }))
    const set = (monotonic: number) => (monotonic < 1_500 ? 0 : 5 * MINUTE_MS)
    expect(Math.abs(offsetOf(narrowed(ten, set).at(-1) as OffsetBounds) - 5 * MINUTE_MS)).toBeLessThan(600)
  })
})

describe('the clock of a store', () => {
  it('is the local clock until the first answer, and then within half a second of the server’s', () => {
    const server = Date.UTC(2026, 10, 24, 2, 30, 7, 250)
    const clock = storeClock(
      () => 5_000,
      () => server - 7 * MINUTE_MS,
    )
    expect(clock.now()).toBe(server - 7 * MINUTE_MS)
    clock.observe({ date: Math.floor(server / 1000) * 1000, sentAt: 4_990, receivedAt: 5_000 })
    expect(Math.abs(clock.now() - server)).toBeLessThanOrEqual(510)
  })

  it('goes on with the monotonic clock, whatever is done to the local one', () => {
    let [monotonic, wall] = [0, 0]
    const clock = storeClock(
      () => monotonic,
      () => wall,
    )
    clock.observe({ date: 1_000_000, sentAt: 0, receivedAt: 0 })
    const before = clock.now()
    monotonic = 250
    wall = 99 * MINUTE_MS
    expect(clock.now() - before).toBe(250)
  })
})
