import { expect, test } from 'vitest'
import { instantIn, isTimeZone } from '../../lib/values/local-time.ts'

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
