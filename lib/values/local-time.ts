/**
 * Wall clocks by what Node knows of time zones, without a library: every form and order reads a time or two, and Temporal
 * would cost its cold start 55 kB. A wall clock's time is held as the milliseconds it would be at in UTC.
 */
const DAY_MS = 24 * 60 * 60_000
const WALL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?)?$/i

/** `2026-11-24`, `2026-11-24T02:30`, with seconds or fractions of one, which are dropped. undefined for what is none. */
export function wallClock(text: string): number | undefined {
  const [, day, minute = '00:00', second = ':00'] = WALL.exec(text) ?? []
  if (day === undefined) return undefined
  const iso = `${day}T${minute}${second}.000Z`
  const ms = Date.parse(iso)
  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? undefined : ms
}

/**
 * The instant, in milliseconds since 1970, at which a clock of that zone shows a time. One that it skips is taken as much
 * later as it skips, one that it shows twice is the first.
 */
export function instantAt(timeZone: string, wall: number): number {
  const [before, after] = [offsetAt(timeZone, wall - DAY_MS), offsetAt(timeZone, wall + DAY_MS)]
  const shown = [wall - before, wall - after].filter((instant) => wallClockAt(timeZone, instant) === wall)
  return shown.length === 0 ? wall - before : Math.min(...shown)
}

/** What a clock of that zone shows at an instant. */
export function wallClockAt(timeZone: string, instant: number): number {
  return instant + offsetAt(timeZone, instant)
}

/** A date and time without a zone, `2026-11-25 10:30:00`, read in a zone; as ISO 8601 in UTC. undefined for what is none. */
export function instantIn(timeZone: string, text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/.test(text)) return undefined
  const wall = wallClock(text)
  return wall === undefined ? undefined : new Date(instantAt(timeZone, wall)).toISOString()
}

/** Whether this is a zone of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  try {
    return name === 'UTC' || formatOf(name) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  formats.set(timeZone, format)
  return format
}

/** Milliseconds a zone is ahead of UTC: `GMT+05:30`, `GMT`, and before there were zones `GMT-00:25:21`. */
function offsetAt(timeZone: string, instant: number): number {
  if (timeZone === 'UTC') return 0
  const name = formatOf(timeZone)
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')?.value
  const [, sign, hours = 0, minutes = 0, seconds = 0] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name ?? '') ?? []
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -ms : ms
}
