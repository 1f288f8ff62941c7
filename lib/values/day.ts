import { Temporal } from 'temporal-polyfill'

/** The day it is somewhere at an instant: `2026-11-25`. */
export function dayIn(timeZone: string, ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}
