import { Temporal } from 'temporal-polyfill'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** When an office works. Times of day are `09:00-17:30` in `timeZone`; a holiday is a day like `2026-12-25`. */
export type OfficeHours = {
  readonly timeZone: string
  readonly days: Readonly<Partial<Record<Weekday, readonly string[]>>>
  readonly holidays: readonly string[]
}

/** From and to, in milliseconds since 1970; `to` is not part of it. */
type Span = readonly [from: number, to: number]

const OPEN = /^([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)$/

/** What is wrong with the hours of a day, such as `09:00-12:30`; undefined when nothing is. */
export function openingProblem(text: string): string | undefined {
  const [from = '', to = ''] = text.split('-')
  return OPEN.test(text) && from < to ? undefined : 'hours like 09:00-17:30, the end after the beginning'
}

/**
 * Counts the time an office works. The hours of a day are looked up once; on the days when the clocks change they are as
 * long as they really are.
 */
export class WorkingHours {
  readonly #office: OfficeHours
  readonly #holidays: ReadonlySet<string>
  readonly #known = new Map<string, readonly Span[]>()

  constructor(office: OfficeHours) {
    this.#office = office
    this.#holidays = new Set(office.holidays)
  }

  /** How much of the time from `fromMs` to `toMs` the office works; counting ends once it is `enoughMs`. */
  between(fromMs: number, toMs: number, enoughMs = Number.POSITIVE_INFINITY): number {
    let total = 0
    for (const [from, to] of this.#spansFrom(fromMs)) {
      if (from >= toMs || total >= enoughMs) break
      total += Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs))
    }
    return total
  }

  /** Whether the office has worked for so long since an instant. */
  hasWorked(ms: number, sinceMs: number, nowMs: number): boolean {
    return sinceMs <= nowMs && this.between(sinceMs, nowMs, ms) >= ms
  }

  /** The office's hours from the day of an instant on, for as long as a calendar can be trusted: a hundred years. */
  *#spansFrom(fromMs: number): Generator<Span> {
    const first = zoned(fromMs, this.#office.timeZone).toPlainDate()
    for (let day = 0; day < 36_525; day += 1) yield* this.#spansOf(first.add({ days: day }))
  }

  #spansOf(day: Temporal.PlainDate): readonly Span[] {
    const key = day.toString()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = WEEKDAYS[day.dayOfWeek - 1] ?? 'mon'
    const open = this.#holidays.has(key) ? [] : (this.#office.days[name] ?? [])
    const spans = open.map((text) => spanOf(text, day, this.#office.timeZone)).toSorted(([a], [b]) => a - b)
    this.#known.set(key, spans)
    return spans
  }
}

function spanOf(text: string, day: Temporal.PlainDate, timeZone: string): Span {
  const [from = '', to = ''] = text.split('-')
  const end = to === '24:00' ? day.add({ days: 1 }) : day
  return [instantOf(day, from, timeZone), instantOf(end, to === '24:00' ? '00:00' : to, timeZone)]
}

function instantOf(day: Temporal.PlainDate, time: string, timeZone: string): number {
  return day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds
}

function zoned(ms: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
}
