import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { instantIn, isTimeZone, wallClockAt } from '../../lib/values/local-time.ts'
import { propertyRuns } from '../support/property.ts'

test('a time without a zone is read in the zone it was written in', () => {
  expect(instantIn('UTC', '2026-01-30 01:02:13')).toBe('2026-01-30T01:02:13.000Z')
  expect(instantIn('Europe/Paris', '2026-01-30 01:02:13')).toBe('2026-01-30T00:02:13.000Z')
  expect(instantIn('Europe/Paris', '2026-07-30T01:02:13')).toBe('2026-07-29T23:02:13.000Z')
})

test('an hour that is there twice is the first one, one that is left out comes after', () => {
  expect(instantIn('Europe/Paris', '2026-10-25 02:30:00')).toBe('2026-10-25T00:30:00.000Z')
  expect(instantIn('Europe/Paris', '2026-03-29 02:30:00')).toBe('2026-03-29T01:30:00.000Z')
})

test.each(['', '0000-00-00 00:00:00', '2026-02-30 10:00:00', '2026-01-30', 'soon', '2026-01-30T10:00:00Z'])(
  '"%s" is no such time',
  (text) => expect(instantIn('UTC', text)).toBeUndefined(),
)

test('a zone is known or not', () => {
  expect(['UTC', 'Europe/Paris', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false])
})

/** A year with every rule there is today, and some of the strangest days of the past. */
const moments = fc.oneof(
  fc.date({ min: new Date('1975-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
  fc.date({ min: new Date('2011-12-28'), max: new Date('2012-01-02'), noInvalidDate: true }),
)
const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))

test('every clock of the world is read as Temporal reads it', () => {
  const property = fc.property(zones, moments, (timeZone, moment) => {
    const wall = moment.toISOString().slice(0, 19)
    const { epochMilliseconds } = Temporal.PlainDateTime.from(wall).toZonedDateTime(timeZone)
    expect(instantIn(timeZone, wall)).toBe(new Date(epochMilliseconds).toISOString())
  })
  fc.assert(property, propertyRuns(1_000))
})

test('every clock of the world shows what Temporal says it shows', () => {
  const property = fc.property(zones, moments, (timeZone, moment) => {
    const instant = Temporal.Instant.from(moment.toISOString())
    const shown = instant.toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'second' })
    const wall = wallClockAt(timeZone, moment.getTime())
    expect(new Date(wall).toISOString().slice(0, 19)).toBe(shown)
  })
  fc.assert(property, propertyRuns(1_000))
})
