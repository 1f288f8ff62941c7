import { Temporal } from 'temporal-polyfill'

export { isTimeZone } from '../values/local-time.ts'

/** How an installation writes times: in UTC with a Z (observed), or in its own zone without one. */
export type Clock = { readonly timeZone: string; readonly instants: 'utc' | 'local' }

const DATE = /^\d{4}-\d\d-\d\d$/
const ZONED = /(?:Z|[+-]\d\d:?\d\d)$/i

/**
 * A date (`2026-11-24`: midnight in the CRM's zone), a local time, or a time with a zone, as the same instant in UTC with
 * whole seconds. A time the clock skips is taken an hour later, one it shows twice the first time. undefined for
 * anything else.
 */
export function toInstant(text: string, timeZone: string): string | undefined {
  try {
    return seconds(instantOf(text.trim().replace(' ', 'T'), timeZone))
  } catch {
    return undefined
  }
}

function instantOf(text: string, timeZone: string): Temporal.Instant {
  if (ZONED.test(text) && !DATE.test(text)) return Temporal.Instant.from(text)
  return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).toInstant()
}

function seconds(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'second' })
}

/** `2017-06-27T23:00:00Z` → `2017-06-28T00:00:00` in Dublin. undefined when it is not a time. */
export function toLocal(text: string, timeZone: string): string | undefined {
  const instant = toInstant(text, timeZone)
  if (instant === undefined) return undefined
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDateTime()
  return local.toString({ smallestUnit: 'second' })
}

/** The day it is in the CRM's zone: `2026-11-24`. undefined when it is not a time. */
export function toDate(text: string, timeZone: string): string | undefined {
  return toLocal(text, timeZone)?.slice(0, 10)
}

/** A time as this CRM takes it in a body. Text that is no time stays as it is. */
export function toWire(text: string, { timeZone, instants }: Clock): string {
  const written = instants === 'utc' ? toInstant(text, timeZone) : toLocal(text, timeZone)
  return written ?? text
}
