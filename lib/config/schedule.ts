/** A field of `cron(…)`: its numbers, and the names that stand for them. */
type CronField = {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly names?: readonly string[]
  /** What AWS allows besides numbers, names, `*`, `,`, `-` and `/`. */
  readonly more?: RegExp
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const CRON_FIELDS: readonly CronField[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31, more: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'weekday', from: 1, to: 7, names: WEEKDAYS, more: /^(\?|L|([1-7]|[A-Z]{3})(L|#[1-5]))$/ },
  { name: 'year', from: 1970, to: 2199 },
]

/**
 * What is wrong with an EventBridge schedule, `rate(5 minutes)` or `cron(0 2 * * ? *)`; undefined when nothing is.
 */
export function scheduleProblem(expression: string): string | undefined {
  const [, kind, fields = ''] = /^(rate|cron)\((.+)\)$/.exec(expression) ?? []
  if (kind === 'cron') return cronProblem(fields.split(' '))
  if (kind !== 'rate')
    return 'rate(<n> minutes|hours|days) or cron(<minute> <hour> <day> <month> <weekday> <year>)'
  return /^[1-9]\d* (minute|hour|day)s?$/.test(fields)
    ? undefined
    : 'rate takes a whole number of minutes, hours or days'
}

function cronProblem(fields: readonly string[]): string | undefined {
  if (fields.length !== CRON_FIELDS.length) return `cron takes 6 fields, not ${fields.length}`
  const wrong = CRON_FIELDS.find((field, index) => !isCronField(fields[index] ?? '', field))
  if (wrong !== undefined) return `cron: the ${wrong.name} is not understood (${wrong.from}-${wrong.to})`
  const questions = [fields[2], fields[4]].filter((field) => field === '?').length
  return questions === 1 ? undefined : 'cron: one of day of the month and weekday is a ?, and only one'
}

function isCronField(text: string, field: CronField): boolean {
  return field.more?.test(text) || text.split(',').every((part) => isCronPart(part, field))
}

function isCronPart(part: string, field: CronField): boolean {
  const [range = '', step, ...rest] = part.split('/')
  const ends = range === '*' ? [] : range.split('-')
  const isStep = step === undefined || /^[1-9]\d*$/.test(step)
  return rest.length === 0 && isStep && ends.length <= 2 && ends.every((end) => isInRange(end, field))
}

function isInRange(text: string, { from, to, names = [] }: CronField): boolean {
  if (names.includes(text)) return true
  return /^\d{1,4}$/.test(text) && Number(text) >= from && Number(text) <= to
}
