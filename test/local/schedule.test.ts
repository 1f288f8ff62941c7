import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { automationsOf } from '../../local/automations.ts'
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

it('runs a cron in the zone it is meant in', async () => {
  const run = vi.fn(async () => undefined)
  const schedule = { expression: 'cron(0 9 * * ? *)', timeZone: 'Europe/Berlin', run }
  const schedules = startSchedules([schedule], { onFailure })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(run).toHaveBeenCalledTimes(1)
  await schedules.stop()
})

it('starts the automations of the configuration through functions/run-job', async () => {
  const invoke = vi.fn(async () => undefined)
  const automations = { 'check-prototypes': { schedule: 'cron(0 9 * * ? *)', timeZone: 'Europe/Berlin' } }
  const schedules = startSchedules(automationsOf({ automations }, new Map([['run-job', { invoke }]])), {
    onFailure,
  })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(invoke).toHaveBeenCalledExactlyOnceWith({ job: 'check-prototypes' })
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

it('goes on after a run that fails before it begins', async () => {
  const failures: unknown[] = []
  const run = vi.fn((): Promise<undefined> => {
    throw new Error('at once')
  })
  const schedules = startSchedules([{ expression: 'rate(1 minute)', run }], {
    onFailure: (error) => failures.push(error),
  })
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect([run.mock.calls.length, failures.length]).toEqual([3, 3])
  await schedules.stop()
})

it('waits longer than a timer can', async () => {
  const run = vi.fn(async () => undefined)
  const schedules = startSchedules([{ expression: 'rate(60 days)', run }], { onFailure })
  await vi.advanceTimersByTimeAsync(59 * 86_400_000)
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(86_400_000)
  expect(run).toHaveBeenCalledTimes(2)
  await schedules.stop()
})

it('leaves the times of a cron alone where rates are shortened', async () => {
  const run = vi.fn(async () => undefined)
  const schedules = startSchedules([{ expression: 'cron(0/10 * * * ? *)', run }], {
    onFailure,
    maxIntervalMs: 1_000,
  })
  await vi.advanceTimersByTimeAsync(30 * 60_000)
  expect(run).toHaveBeenCalledTimes(3)
  await schedules.stop()
  await vi.advanceTimersByTimeAsync(30 * 60_000)
  expect(run).toHaveBeenCalledTimes(3)
})

it.each([
  ['cron(0 8 ? * 6L *)', '2026-11-27', '2026-11-28'],
  ['cron(0 8 ? * 2#1 *)', '2026-12-07', '2026-12-01'],
  ['cron(0 8 ? * MON-FRI *)', '2026-11-27', '2026-11-28'],
  ['cron(0 8 15W * ? *)', '2026-11-16', '2026-11-15'],
  ['cron(0 8 L * ? *)', '2026-11-30', '2026-11-29'],
  ['cron(0 8 1 1 ? 2028)', '2028-01-01', '2027-01-01'],
  ['cron(0/15 8 * * ? *)', '2026-11-24T08:45', '2026-11-24T09:00'],
])('reads %s as AWS does: due at %s and not at %s', async (expression, due, notDue) => {
  expect([await isDueAt(expression, due), await isDueAt(expression, notDue)]).toEqual([true, false])
})

/** A date without time means 08:00 UTC. */
async function isDueAt(expression: string, time: string): Promise<boolean> {
  const at = new Date(time.includes('T') ? `${time}Z` : `${time}T08:00Z`)
  vi.setSystemTime(at.getTime() - 60_000)
  const run = vi.fn(async () => undefined)
  const schedules = startSchedules([{ expression, run }], { onFailure })
  await vi.advanceTimersByTimeAsync(60_000)
  await schedules.stop()
  return run.mock.calls.length === 1
}

it('stops once what is running has ended', async () => {
  const slow = Promise.withResolvers<void>()
  const schedules = startSchedules([{ expression: 'rate(1 minute)', run: () => slow.promise }], { onFailure })
  const stopped = vi.fn()
  const stopping = schedules.stop().then(stopped)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(stopped).not.toHaveBeenCalled()
  slow.resolve()
  await stopping
  expect(stopped).toHaveBeenCalledOnce()
})

it('does not keep the process alive', async () => {
  vi.useRealTimers()
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const run = async () => undefined
  const expressions = ['rate(5 minutes)', 'cron(0 8 * * ? *)']
  const schedules = startSchedules(
    expressions.map((expression) => ({ expression, run })),
    { onFailure },
  )
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before)
  await schedules.stop()
})

it.each([
  'rate(0 minutes)',
  'rate(1 fortnight)',
  'rate(1.5 hours)',
  'every minute',
  'cron(0 8 * * ?)',
  'cron(0 25 * * ? *)',
  'cron()',
])('refuses %s, and starts nothing beside it', (expression) => {
  const run = vi.fn(async () => undefined)
  const schedules = ['rate(1 minute)', expression].map((one) => ({ expression: one, run }))
  expect(() => startSchedules(schedules, { onFailure })).toThrow(`schedule "${expression}": rate(`)
  expect(run).not.toHaveBeenCalled()
})
