import { Cron } from 'croner'

export type Schedule = { readonly expression: string; readonly run: () => Promise<unknown> }

export type ScheduleOptions = {
  /** Rates longer than this run this often on one machine. */
  readonly maxIntervalMs?: number
  readonly onFailure: (error: unknown) => void
}

const UNITS_IN_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * Runs schedules in AWS's words: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` (in UTC). A rate runs at once, so that a
 * restart sweeps; no schedule overlaps itself.
 * @throws Error for an expression that is neither
 */
export function startSchedules(
  schedules: readonly Schedule[],
  options: ScheduleOptions,
): { stop(): Promise<void> } {
  const stops = schedules.map((schedule) => start(schedule, options))
  return {
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

function start(schedule: Schedule, options: ScheduleOptions): () => Promise<void> {
  let running: Promise<void> | undefined
  const tick = () => {
    running ??= schedule
      .run()
      .then(() => undefined, options.onFailure)
      .finally(() => {
        running = undefined
      })
  }
  const cancel = repeat(schedule.expression, tick, options)
  return async () => {
    cancel()
    await running
  }
}

function repeat(
  expression: string,
  tick: () => void,
  { maxIntervalMs = Number.POSITIVE_INFINITY }: ScheduleOptions,
) {
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]
  if (cron !== undefined) return repeatAt(cron, tick)
  const timer = setInterval(tick, Math.min(rateInMs(expression), maxIntervalMs))
  timer.unref()
  tick()
  return () => clearInterval(timer)
}

/** AWS counts weekdays from 1 = Sunday and allows `?`, `L`, `W`, `#` and a year. */
function repeatAt(fields: string, tick: () => void): () => void {
  const options = {
    mode: '7-part',
    sloppyRanges: true,
    alternativeWeekdays: true,
    timezone: 'UTC',
    unref: true,
  } as const
  const job = new Cron(`0 ${fields}`, options, tick)
  return () => job.stop()
}

function rateInMs(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const unitInMs = UNITS_IN_MS[unit ?? '']
  if (unitInMs === undefined || Number(count) < 1)
    throw new Error(`schedule "${expression}": rate(<n> minutes|hours|days) or cron(…)`)
  return Number(count) * unitInMs
}
