import { Cron } from 'croner'
import { Temporal } from 'temporal-polyfill'

export type When = { readonly schedule: string; readonly timeZone: string }

const UNITS_IN_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * When the latest window of a schedule opened that is due: after `sinceMs`, where the last finished one opened, and not
 * after `nowMs`. Windows that were missed in between are not made up for. undefined: none is due. A cron is read on the
 * clock on the wall: an hour the clocks skip is taken when they have, one they show twice the first time. Every hour, and
 * every few hours, counts as time that passes.
 * @param when as integration.config.ts has checked it
 */
export function dueWindow(when: When, sinceMs: number, nowMs: number): number | undefined {
  const opens = latestWindow(when, nowMs)
  return opens !== undefined && opens > sinceMs && opens <= nowMs ? opens : undefined
}

/** When the next window opens, for people to see. */
export function nextWindow({ schedule, timeZone }: When, nowMs: number): number | undefined {
  const interval = intervalOf(schedule)
  if (interval !== undefined) return (Math.floor(nowMs / interval) + 1) * interval
  const wall = wallOf(nowMs, timeZone)
  const [next] = cronOf(schedule).nextRuns(1, new Date(wall))
  return next && toInstant(next.getTime(), schedule, nowMs, timeZone)
}

function latestWindow({ schedule, timeZone }: When, nowMs: number): number | undefined {
  const interval = intervalOf(schedule)
  if (interval !== undefined) return Math.floor(nowMs / interval) * interval
  const wall = wallOf(nowMs, timeZone)
  const [previous] = cronOf(schedule).previousRuns(1, new Date(wall + 1_000))
  return previous && toInstant(previous.getTime(), schedule, nowMs, timeZone)
}

function intervalOf(schedule: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? []
  return count === undefined ? undefined : Number(count) * (UNITS_IN_MS[unit] ?? 0)
}

const crons = new Map<string, Cron>()

/** In the words of AWS, on a clock that never changes: weekdays from 1 = Sunday, `?`, `L`, `W`, `#` and a year. */
function cronOf(schedule: string): Cron {
  const fields = schedule.slice('cron('.length, -1)
  const options = { mode: '7-part', sloppyRanges: true, alternativeWeekdays: true, timezone: 'UTC' } as const
  const cron = crons.get(fields) ?? new Cron(`0 ${fields}`, { ...options, paused: true })
  crons.set(fields, cron)
  return cron
}

/** What the clock on the wall shows, as if it were UTC. */
function wallOf(ms: number, timeZone: string): number {
  return ms + offsetMs(ms, timeZone)
}

/** When the clock on the wall shows this. */
function toInstant(wall: number, schedule: string, nowMs: number, timeZone: string): number {
  if (isEveryHour(schedule)) return wall - offsetMs(nowMs, timeZone)
  const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime()
  return local.toZonedDateTime(timeZone).epochMilliseconds
}

function isEveryHour(schedule: string): boolean {
  return /[*/]/.test(schedule.slice('cron('.length).split(' ')[1] ?? '')
}

function offsetMs(ms: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6
}
