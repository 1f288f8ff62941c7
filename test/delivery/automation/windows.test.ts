import { describe, expect, it } from 'vitest'
import { dueWindow, nextWindow } from '../../../lib/delivery/automation/windows.ts'

const MINUTE_MS = 60_000
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)

/** Asks every few minutes, as the alarm clock does, and keeps what is due. */
function windowsBetween(schedule: string, timeZone: string, from: string, to: string, every = 5): string[] {
  const opened: number[] = []
  let since = Date.parse(from)
  for (let now = since; now < Date.parse(to); now += every * MINUTE_MS) {
    const opens = dueWindow({ schedule, timeZone }, since, now)
    if (opens === undefined) continue
    opened.push(opens)
    since = opens
  }
  return opened.map(iso)
}

describe('a window', () => {
  it('opens every day at its hour on the clock on the wall', () => {
    const days = windowsBetween(
      'cron(0 9 * * ? *)',
      'Europe/Dublin',
      '2026-03-27T00:00Z',
      '2026-03-31T00:00Z',
    )
    expect(days).toEqual(['2026-03-27T09:00', '2026-03-28T09:00', '2026-03-29T08:00', '2026-03-30T08:00'])
  })

  it('is not skipped when the clocks go forward over it', () => {
    const nights = windowsBetween(
      'cron(30 1 * * ? *)',
      'Europe/Dublin',
      '2026-03-28T00:00Z',
      '2026-03-31T00:00Z',
    )
    expect(nights).toEqual(['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30'])
  })

  it('is not repeated when the clocks go back over it', () => {
    const nights = windowsBetween(
      'cron(30 1 * * ? *)',
      'Europe/Dublin',
      '2026-10-24T00:00Z',
      '2026-10-27T00:00Z',
    )
    expect(nights).toEqual(['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'])
  })

  it('opens every hour that passes, also while the clocks show one twice or none', () => {
    const autumn = ['2026-10-24T22:30Z', '2026-10-25T04:30Z'] as const
    const spring = ['2026-03-28T22:30Z', '2026-03-29T04:30Z'] as const
    for (const [from, to] of [autumn, spring])
      expect(windowsBetween('cron(0 * * * ? *)', 'Europe/Dublin', from, to)).toHaveLength(6)
    expect(windowsBetween('rate(1 hour)', 'Europe/Dublin', ...autumn)).toHaveLength(6)
  })

  it.each([
    ['UTC', 'cron(30 1 * * ? *)'],
    ['Europe/Dublin', 'cron(30 1 * * ? *)'],
    ['America/New_York', 'cron(15 2 * * ? *)'],
    ['Australia/Lord_Howe', 'cron(15 2 * * ? *)'],
  ])('happens 365 times a year when it is daily in %s', (zone, schedule) => {
    const year = ['2026-01-01T12:00Z', '2027-01-01T12:01Z'] as const
    expect(windowsBetween(schedule, zone, ...year, 480)).toHaveLength(365)
  })

  it('is the latest one when several were missed', () => {
    const [since, now] = [Date.parse('2026-11-20T10:00Z'), Date.parse('2026-11-25T10:00Z')]
    const when = { schedule: 'cron(0 9 ? * MON-FRI *)', timeZone: 'UTC' }
    expect(iso(dueWindow(when, since, now) ?? 0)).toBe('2026-11-25T09:00')
    expect(dueWindow(when, Date.parse('2026-11-25T09:00Z'), now)).toBeUndefined()
    expect(iso(nextWindow(when, Date.parse('2026-11-27T10:00Z')) ?? 0)).toBe('2026-11-30T09:00')
  })
})
