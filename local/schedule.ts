import { Cron } from 'croner'

export type Schedule = {
  readonly expression: string
  /** The IANA name of the zone of a cron; UTC unless told otherwise. */
  readonly timeZone?: string
  readonly run: () => Promise<unknown>
}

export type ScheduleOptions = {
  /** Rates longer than this run this often on one machine. */
  readonly maxIntervalMs?: number
  readonly onFailure: (error: unknown) => void
}

type Stop = () => void
/** Calls `tick` at its times until it is stopped. */
type Clock = (tick: () => void) => Stop

const UNITS_IN_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The longest a timer of Node can wait; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const RULE = 'rate(<n> minutes|hours|days) or cron(<minute> <hour> <day> <month> <weekday> <year>)'

/**
 * Runs schedules in AWS's words: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`. A rate runs at once, so that a
 * restart sweeps; no schedule overlaps itself. `stop` waits for what is running.
 * @throws Error for an expression that is neither; nothing has started then
 */
export function startSchedules(
  schedules: readonly Schedule[],
  options: ScheduleOptions,
): { stop(): Promise<void> } {
  const { maxIntervalMs = Number.POSITIVE_INFINITY, onFailure } = options
  const ready = schedules.map(({ run, ...when }) => ({ clock: clockOf(when, maxIntervalMs), run }))
  const stops = ready.map(({ clock, run }) => start(clock, run, onFailure))
  return {
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

function start(
  clock: Clock,
  run: Schedule['run'],
  onFailure: ScheduleOptions['onFailure'],
): () => Promise<void> {
  let running: Promise<void> | undefined
  const runOnce = async () => {
    try {
      await run()
    } catch (error) {
      onFailure(error)
    }
  }
  const cancel = clock(() => {
    running ??= runOnce().finally(() => {
      running = undefined
    })
  })
  return async () => {
    cancel()
    await running
  }
}

function clockOf({ expression, timeZone = 'UTC' }: Omit<Schedule, 'run'>, maxIntervalMs: number): Clock {
  const [, kind, fields = ''] = /^(rate|cron)\((.+)\)$/.exec(expression.trim()) ?? []
  try {
    if (kind === 'rate') return rateClock(Math.min(rateInMs(fields), maxIntervalMs))
    if (kind === 'cron') return cronClock(fields, timeZone)
  } catch (cause) {
    throw new Error(`schedule "${expression}": ${RULE}`, { cause })
  }
  throw new Error(`schedule "${expression}": ${RULE}`)
}

function rateInMs(text: string): number {
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? []
  const unitInMs = UNITS_IN_MS[unit]
  if (unitInMs === undefined || Number(count) < 1) throw new Error(`"${text}" is no rate`)
  return Number(count) * unitInMs
}

function rateClock(intervalMs: number): Clock {
  return (tick) => {
    let timer: NodeJS.Timeout | undefined
    const wait = (leftMs: number) => {
      const waitMs = Math.min(leftMs, LONGEST_TIMER_MS)
      timer = setTimeout(() => (waitMs < leftMs ? wait(leftMs - waitMs) : turn()), waitMs).unref()
    }
    const turn = () => {
      wait(intervalMs)
      tick()
    }
    turn()
    return () => clearTimeout(timer)
  }
}

/** AWS counts weekdays from 1 = Sunday and allows `?`, `L`, `W`, `#` and a year, but no seconds. */
function cronClock(fields: string, timezone: string): Clock {
  const options = {
    mode: '7-part',
    sloppyRanges: true,
    alternativeWeekdays: true,
    timezone,
    unref: true,
  } as const
  const job = new Cron(`0 ${fields}`, options)
  return (tick) => {
    job.schedule(tick)
    return () => job.stop()
  }
}
