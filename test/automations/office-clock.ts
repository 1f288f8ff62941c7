/** The office of the simulated year, counted the slow way: hour by hour, with the calendar of the runtime itself. */
export const OFFICE_ZONE = 'Europe/Dublin'
export const HOLIDAYS = ['2026-01-01', '2026-03-17', '2026-04-06', '2026-12-25', '2026-12-28']
const [OPENS, CLOSES] = [9, 17]
const QUARTER_MS = 900_000

const format = new Intl.DateTimeFormat('en-CA', {
  timeZone: OFFICE_ZONE,
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  hourCycle: 'h23',
})

export type Wall = { readonly day: string; readonly hour: number; readonly weekday: string }

export function wallAt(ms: number): Wall {
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const day = `${parts['year']}-${parts['month']}-${parts['day']}`
  return { day, hour: Number(parts['hour']), weekday: parts['weekday'] ?? '' }
}

/** Whether the office works in the quarter of an hour that begins then. */
function isOpen(ms: number): boolean {
  const { day, hour, weekday } = wallAt(ms)
  return !['Sat', 'Sun'].includes(weekday) && !HOLIDAYS.includes(day) && hour >= OPENS && hour < CLOSES
}

/** Hours the office works from one full quarter of an hour to another. */
export function officeHours(fromMs: number, toMs: number): number {
  let quarters = 0
  for (let at = fromMs; at < toMs; at += QUARTER_MS) if (isOpen(at)) quarters += 1
  return quarters / 4
}
