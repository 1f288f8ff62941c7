import { readJson } from '../../lib/crm/answer.ts'
import type { Connection } from '../../lib/crm/connection.ts'
import { CrmRejectedError } from '../../lib/crm/errors.ts'
import { RELEASES, type ReleaseName } from '../../lib/crm/release.ts'
import { type Row, resourcesOf } from '../../lib/crm/row.ts'
import { toLocal } from '../../lib/crm/zone.ts'
import { bad, type Finding, good, type Patient, unclear } from './finding.ts'
import type { Features } from './release.ts'

const MINUTE_MS = 60_000
/** From UTC−12 to UTC+14, in the half hours that zones are apart by. */
const OFFSETS_MIN = Array.from({ length: 53 }, (_, index) => -720 + 30 * index)
const LITERALS = { quoted: (text: string) => `'${text}'`, at: (text: string) => `@${text}@` } as const
type Form = keyof typeof LITERALS

/**
 * Whether the CRM reads a time in a condition in the configured zone: a company is looked for by its own creation time,
 * written in that zone. Of companies made in January and in July both are, because zones that agree in one of them need
 * not in the other. Reads only.
 */
export async function checkClock({ crm, config, connection }: Patient, features: Features): Promise<Finding> {
  const { timeZone, instants, release } = config.crm
  const feed = await crm
    .entity('Company')
    .feed({ count: ROWS, select: ['Comp_CompanyId', 'Comp_CreatedDate'] })
  const samples = oneOfEachHalf(feed.rows)
  const [first] = samples
  if (first === undefined) return unclear('time zone', 'there is no company to tell by')
  const seen = /(?:Z|[+-]\d\d:?\d\d)$/.test(first.written) ? 'utc' : 'local'
  if (seen !== instants)
    return bad('time zone', `times look like ${first.written}`, `set crm.instants to '${seen}'`)
  const form = formOf(features, release)
  if (form === undefined) return unclear('time zone', 'this CRM cannot be asked for a date')
  const offsets: Offsets[] = []
  for (const { key, instant } of samples) {
    const atMs = Date.parse(instant)
    const wanted = (Date.parse(`${toLocal(instant, timeZone)}Z`) - atMs) / MINUTE_MS
    const isAt = (minutes: number) => isFoundAt(connection.send, key, atMs + minutes * MINUTE_MS, form)
    offsets.push({ day: instant.slice(0, 10), wanted, found: await firstOf([wanted, ...OFFSETS_MIN], isAt) })
  }
  return judge(timeZone, offsets)
}

const ROWS = 200
/** What the server's clock was ahead of UTC on a day, as configured and as it was found. */
type Offsets = { readonly day: string; readonly wanted: number; readonly found: number | undefined }
type Sample = { readonly key: string; readonly written: string; readonly instant: string }

/** A company made from October to March, and one made from April to September, as far as there are. */
function oneOfEachHalf(rows: readonly Pick<Row, 'key' | 'get' | 'instant'>[]): Sample[] {
  const samples = rows.flatMap((row): Sample[] => {
    const instant = row.instant('Comp_CreatedDate')
    const written = String(row.get('Comp_CreatedDate') ?? '')
    return instant === undefined ? [] : [{ key: row.key, written, instant }]
  })
  return [...new Map(samples.map((sample) => [isSummer(sample.instant), sample])).values()]
}

function isSummer(instant: string): boolean {
  return ['04', '05', '06', '07', '08', '09'].includes(instant.slice(5, 7))
}

function formOf({ dateLiterals }: Features, release: ReleaseName): Form | undefined {
  const known = (Object.keys(LITERALS) as Form[]).filter((form) => dateLiterals.has(form))
  return known.find((form) => form === RELEASES[release].dateLiteral) ?? known[0]
}

async function firstOf(offsets: readonly number[], isAt: (minutes: number) => Promise<boolean>) {
  for (const minutes of offsets) if (await isAt(minutes)) return minutes
  return undefined
}

async function isFoundAt(
  send: Connection['send'],
  key: string,
  wallClockMs: number,
  form: Form,
): Promise<boolean> {
  const text = new Date(wallClockMs).toISOString().slice(0, 19)
  const where = `comp_companyid eq ${key} and comp_createddate eq ${LITERALS[form](text)}`
  try {
    const json = readJson(await send({ method: 'GET', path: 'Company', query: { where, count: '1' } }))
    return resourcesOf(json)?.length === 1
  } catch (error) {
    if (error instanceof CrmRejectedError) return false
    throw error
  }
}

function judge(timeZone: string, offsets: readonly Offsets[]): Finding {
  const wrong = offsets.find(({ wanted, found }) => found !== undefined && found !== wanted)
  if (wrong !== undefined) {
    const { day, wanted, found = wanted } = wrong
    const said = `on ${day} the server's clock was ${offsetText(found)}, that of ${timeZone} ${offsetText(wanted)}`
    const todo = 'set crm.timeZone to the zone of the server (Administration, System Behavior)'
    return bad('time zone', said, todo)
  }
  const days = offsets.flatMap(({ day, found }) => (found === undefined ? [] : [day]))
  if (days.length === 0)
    return unclear('time zone', 'no company is found by its own time; --write can tell more')
  return good('time zone', `${timeZone}, as configured, by companies made on ${days.join(' and ')}`)
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '−' : '+'}${hours}:${String(rest).padStart(2, '0')}`
}
