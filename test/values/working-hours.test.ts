import { describe, expect, it } from 'vitest'
import { openingProblem, WorkingHours } from '../../lib/values/working-hours.ts'

const HOUR_MS = 3_600_000
const days = {
  mon: ['09:00-12:00', '13:00-17:00'],
  tue: ['09:00-17:00'],
  wed: ['09:00-17:00'],
  thu: ['09:00-17:00'],
  fri: ['09:00-16:00'],
}
const dublin = new WorkingHours({ timeZone: 'Europe/Dublin', days, holidays: ['2026-12-25', '2026-12-28'] })

const hours = (office: WorkingHours, from: string, to: string) =>
  office.between(Date.parse(from), Date.parse(to)) / HOUR_MS

describe('working hours', () => {
  it.each([
    ['within a morning', '2026-11-30T09:30Z', '2026-11-30T11:00Z', 1.5],
    ['over lunch', '2026-11-30T11:00Z', '2026-11-30T14:00Z', 2],
    ['over a night', '2026-12-01T16:00Z', '2026-12-02T10:00Z', 2],
    ['over a weekend', '2026-11-27T15:00Z', '2026-11-30T10:00Z', 2],
    ['over holidays', '2026-12-24T16:00Z', '2026-12-29T10:00Z', 2],
    ['in a night', '2026-12-01T20:00Z', '2026-12-02T05:00Z', 0],
    ['backwards', '2026-12-02T12:00Z', '2026-12-01T12:00Z', 0],
  ])('are counted %s', (_, from, to, count) => {
    expect(hours(dublin, from, to)).toBe(count)
  })

  it('follow the clock on the wall through summer time', () => {
    expect(hours(dublin, '2026-07-07T08:00Z', '2026-07-07T09:00Z')).toBe(1)
    expect(hours(dublin, '2026-11-24T08:00Z', '2026-11-24T09:00Z')).toBe(0)
  })

  it('are as long as they really are on the days when the clocks change', () => {
    const always = { mon: ['00:00-24:00'], sat: ['00:00-24:00'], sun: ['00:00-24:00'] }
    const office = new WorkingHours({ timeZone: 'Europe/Dublin', days: always, holidays: [] })
    expect(hours(office, '2026-03-29T00:00Z', '2026-03-29T23:00Z')).toBe(23)
    expect(hours(office, '2026-10-24T23:00Z', '2026-10-26T00:00Z')).toBe(25)
  })

  it('need not be counted to the end', () => {
    const since = Date.parse('1990-01-01T00:00Z')
    expect(dublin.hasWorked(8 * HOUR_MS, since, Date.parse('2026-11-30T00:00Z'))).toBe(true)
    expect(
      dublin.hasWorked(8 * HOUR_MS, Date.parse('2026-12-01T16:00Z'), Date.parse('2026-12-02T16:30Z')),
    ).toBe(true)
    expect(
      dublin.hasWorked(9 * HOUR_MS, Date.parse('2026-12-01T16:00Z'), Date.parse('2026-12-02T16:30Z')),
    ).toBe(false)
  })

  it.each(['9:00-17:00', '09:00', '17:00-09:00', '09:00-25:00', '09:00-09:00'])('are not %s', (text) => {
    expect(openingProblem(text)).toMatch(/hours like/)
  })

  it.each(['09:00-17:30', '00:00-24:00'])('may be %s', (text) => {
    expect(openingProblem(text)).toBeUndefined()
  })
})
