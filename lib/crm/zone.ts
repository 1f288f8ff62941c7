import { instantAt, wallClock, wallClockAt } from '../values/local-time.ts'

export { isTimeZone } from '../values/local-time.ts'

/** How an installation writes times: in UTC with a Z (observed), or in its own zone without one. */
export type Clock = { readonly timeZone: string; readonly instants: 'utc' | 'local' }

const ZONED = /^(.+[T ].+?)(?:Z|([+-])(\d\d):?(\d\d))$/i

/**
 * A date (`2026-11-24`: midnight in the CRM's zone), a local time, or a time with a zone, as the same instant in UTC with
 * whole seconds. A time the clock skips is taken an hour later, one it shows twice the first time. undefined for
 * anything else.
 */
export function toInstant(text: string, timeZone: string): string | undefined {
  const instant = epochOf(text, timeZone)
  return instant === undefined ? undefined : `${seconds(instant)}Z`
}

function epochOf(text: string, timeZone: string): number | undefined {
  const written = text.trim()
  const [, zoned, sign, hours = 0, minutes = 0] = ZONED.exec(written) ?? []
  const wall = wallClock(zoned ?? written)
  if (wall === undefined) return undefined
  if (zoned === undefined) return instantAt(timeZone, wall)
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? wall + ahead : wall - ahead
}

function seconds(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)
}

/** `2017-06-27T23:00:00Z` → `2017-06-28T00:00:00` in Dublin. undefined when it is not a time. */
export function toLocal(text: string, timeZone: string): string | undefined {
  const instant = epochOf(text, timeZone)
  return instant === undefined ? undefined : seconds(wallClockAt(timeZone, instant))
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
