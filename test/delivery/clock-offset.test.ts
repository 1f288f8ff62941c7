import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { narrow, type Offset, storeClock } from '../../lib/delivery/store/clock-offset.ts'
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

function narrowed(exchanges: readonly Exchange[], offset: (monotonic: number) => number): Offset[] {
  let known: Offset | undefined
  return observe(exchanges, offset).map((observation) => {
    known = narrow(known, observation)
    return known
  })
}

describe('the estimated offset', () => {
  it('lies with the true one between the bounds, whatever the latencies, and never moves away from it', () => {
    fc.assert(
      fc.property(exchanges, offsets, (exchanges, offset) => {
        let worst = Number.POSITIVE_INFINITY
        for (const { low, high, estimate } of narrowed(exchanges, () => offset)) {
          expect([low <= offset, offset <= high]).toEqual([true, true])
          expect([low <= estimate, estimate <= high]).toEqual([true, true])
          const error = Math.abs(estimate - offset)
          expect(error).toBeLessThanOrEqual(Math.min(worst, high - low))
          worst = error
        }
      }),
      propertyRuns(),
    )
  })

  it('is at first wrong by half a second and half the latency at most', () => {
    fc.assert(
      fc.property(exchanges, offsets, (exchanges, offset) => {
        const [first] = narrowed(exchanges, () => offset) as [Offset]
        const { outMs, backMs } = exchanges[0] as Exchange
        expect(Math.abs(first.estimate - offset)).toBeLessThanOrEqual(500 + 0.501 * (outMs + backMs))
      }),
      propertyRuns(),
    )
  })

  it('has bounds around the true one also while a clock drifts by up to 500 ppm', () => {
    const drift = fc.double({ min: -0.000499, max: 0.000499, noNaN: true })
    fc.assert(
      fc.property(exchanges, offsets, drift, (exchanges, offset, drift) => {
        const trueOffset = (monotonic: number) => offset + drift * monotonic
        for (const { low, high, at } of narrowed(exchanges, trueOffset)) {
          expect([low <= trueOffset(at), trueOffset(at) <= high]).toEqual([true, true])
        }
      }),
      propertyRuns(),
    )
  })

  it('has bounds never wider than one answer makes them: a second and the time it took', () => {
    fc.assert(
      fc.property(exchanges, offsets, (exchanges, offset) => {
        narrowed(exchanges, () => offset).forEach(({ low, high }, index) => {
          const { outMs, backMs } = exchanges[index] as Exchange
          expect(high - low).toBeLessThanOrEqual(1_000 + 1.001 * (outMs + backMs) + 1e-3)
        })
      }),
      propertyRuns(),
    )
  })

  it('closes in while answers come at different moments of the second', () => {
    const quick = Array.from({ length: 40 }, () => ({ pauseMs: 137, outMs: 1, backMs: 1 }))
    const [last] = narrowed(quick, () => 123_456).slice(-1) as [Offset]
    expect(last.high - last.low).toBeLessThan(60)
    expect(Math.abs(last.estimate - 123_456)).toBeLessThan(60)
  })

  it('follows a clock that was set', () => {
    const ten = Array.from({ length: 10 }, () => ({ pauseMs: 333, outMs: 1, backMs: 1 }))
    const set = (monotonic: number) => (monotonic < 1_500 ? 0 : 5 * MINUTE_MS)
    const [last] = narrowed(ten, set).slice(-1) as [Offset]
    expect(Math.abs(last.estimate - 5 * MINUTE_MS)).toBeLessThan(1_002)
  })

  it('does not jump when the servers behind one name differ by some milliseconds', () => {
    const quick = Array.from({ length: 200 }, () => ({ pauseMs: 37, outMs: 1, backMs: 1 }))
    const servers = (monotonic: number) => 10_000 + (Math.floor(monotonic) % 3) * 8
    const settled = narrowed(quick, servers).slice(60)
    const steps = settled
      .slice(1)
      .map(({ estimate }, index) => estimate - (settled[index] as Offset).estimate)
    expect(Math.max(...steps.map(Math.abs))).toBeLessThan(50)
    expect(settled.every(({ estimate }) => Math.abs(estimate - 10_008) < 60)).toBe(true)
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
