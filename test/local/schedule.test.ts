import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startSchedules } from '../../local/schedule.ts'

const onFailure = (error: unknown) => {
  throw error
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-24T07:59:30Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

it('runs a rate at once and then at its interval', async () => {
  const run = vi.fn(async () => undefined)
  const schedules = startSchedules([{ expression: 'rate(5 minutes)', run }], { onFailure })
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(run).toHaveBeenCalledTimes(3)
  await schedules.stop()
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(run).toHaveBeenCalledTimes(3)
})

it('runs a rate more often where it is told to', async () => {
  const run = vi.fn(async () => undefined)
  const schedules = startSchedules([{ expression: 'rate(1 hour)', run }], { onFailure, maxIntervalMs: 1_000 })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(run).toHaveBeenCalledTimes(4)
  await schedules.stop()
})

it('runs a cron in UTC with the weekdays of AWS (1 is Sunday, so 3 is Tuesday)', async () => {
  const run = vi.fn(async () => undefined)
  const schedules = startSchedules([{ expression: 'cron(0 8 ? * 3 *)', run }], { onFailure })
  expect(run).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(run).toHaveBeenCalledTimes(1)
  await schedules.stop()
})

it('never overlaps itself, and goes on after a failure', async () => {
  const failures: unknown[] = []
  const slow = Promise.withResolvers<void>()
  const run = vi.fn(async () => undefined).mockImplementationOnce(() => slow.promise as Promise<undefined>)
  const schedules = startSchedules([{ expression: 'rate(1 minute)', run }], {
    onFailure: (error) => failures.push(error),
  })
  await vi.advanceTimersByTimeAsync(5 * 60_000)
  expect(run).toHaveBeenCalledTimes(1)
  slow.reject(new Error('once'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect([run.mock.calls.length, failures.length]).toEqual([2, 1])
  await schedules.stop()
})

it.each(['rate(0 minutes)', 'rate(1 fortnight)', 'every minute'])('refuses %s', (expression) => {
  expect(() => startSchedules([{ expression, run: async () => undefined }], { onFailure })).toThrow(
    expression,
  )
})
