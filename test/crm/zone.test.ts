import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toDate, toInstant, toLocal, toWire } from '../../lib/crm/zone.ts'
import { propertyRuns } from '../support/property.ts'

const ZONES = [
  'UTC',
  'Europe/Dublin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]

describe('a time', () => {
  it.each([
    ['2017-06-28', '2017-06-27T23:00:00Z'],
    ['2017-01-28', '2017-01-28T00:00:00Z'],
    ['2026-03-29T00:59:59', '2026-03-29T00:59:59Z'],
    // the clock in Dublin goes from 01:00 to 02:00
    ['2026-03-29T01:30:00', '2026-03-29T01:30:00Z'],
    ['2026-03-29T02:00:00', '2026-03-29T01:00:00Z'],
    // and here from 02:00 back to 01:00
    ['2026-10-25T01:30:00', '2026-10-25T00:30:00Z'],
    ['2026-10-25T02:00:00', '2026-10-25T02:00:00Z'],
    ['2026-11-24 02:30', '2026-11-24T02:30:00Z'],
    ['2026-11-24T02:30:00.999Z', '2026-11-24T02:30:00Z'],
    ['2026-11-24T02:30:00+02:00', '2026-11-24T00:30:00Z'],
  ])('%s in Dublin is %s', (text, instant) => {
    expect(toInstant(text, 'Europe/Dublin')).toBe(instant)
  })

  it.each(['', 'tomorrow', '2026-02-30', '2026-11-24T25:00:00Z', '24.11.2026'])('is not %j', (text) => {
    expect([toInstant(text, 'UTC'), toWire(text, { timeZone: 'UTC', instants: 'utc' })]).toEqual([
      undefined,
      text,
    ])
  })

  it.each(ZONES)('comes back from %s as the day it went out', (timeZone) => {
    const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    const property = fc.property(days, (date) => {
      const day = date.toISOString().slice(0, 10)
      const isSkipped = timeZone === 'Pacific/Apia' && day === '2011-12-30'
      for (const instants of ['utc', 'local'] as const)
        expect(toDate(toWire(day, { timeZone, instants }), timeZone)).toBe(isSkipped ? '2011-12-31' : day)
    })
    fc.assert(property, propertyRuns(300))
  })

  it.each(ZONES)(
    'of the wall clock of %s is the same one after a round trip, unless the clock shows it twice',
    (timeZone) => {
      const moments = fc.date({
        min: new Date('1990-01-01'),
        max: new Date('2040-01-01'),
        noInvalidDate: true,
      })
      const property = fc.property(moments, (date) => {
        const instant = `${date.toISOString().slice(0, 19)}Z`
        const local = toLocal(instant, timeZone) ?? ''
        expect(toLocal(toInstant(local, timeZone) ?? '', timeZone)).toBe(local)
      })
      fc.assert(property, propertyRuns(300))
    },
  )
})
