import { Temporal } from 'temporal-polyfill'

/** A local time as the instant it is, in UTC: `2017-06-28T00:00:00` in Dublin is `2017-06-27T23:00:00Z`. */
export function toInstant(local: string, timeZone: string): string {
  return Temporal.PlainDateTime.from(local.replace(' ', 'T')).toZonedDateTime(timeZone).toInstant().toString()
}

/** An instant as the clock on the wall shows it, without a zone. */
export function toLocal(instant: string, timeZone: string): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDateTime()
  return local.toString({ smallestUnit: 'second' })
}
