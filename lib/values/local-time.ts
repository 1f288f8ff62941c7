import { Temporal } from 'temporal-polyfill'

/** A date and time without a zone, `2026-11-25 10:30:00`, read in a zone; as ISO 8601 in UTC. undefined for what is none. */
export function instantIn(timeZone: string, text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/.test(text)) return undefined
  try {
    const { epochMilliseconds } = Temporal.PlainDateTime.from(text.replace(' ', 'T'), {
      overflow: 'reject',
    }).toZonedDateTime(timeZone)
    return new Date(epochMilliseconds).toISOString()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Whether this is a zone of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}
