import { readJson } from '../../lib/crm/answer.ts'
import type { Connection } from '../../lib/crm/connection.ts'
import { CrmRejectedError } from '../../lib/crm/errors.ts'
import { RELEASES, type ReleaseName } from '../../lib/crm/release.ts'
import { resourcesOf } from '../../lib/crm/row.ts'
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
 * written in that zone. Reads only.
 */
export async function checkClock({ crm, config, connection }: Patient, features: Features): Promise<Finding> {
  const { timeZone, instants, release } = config.crm
  const { rows } = await crm
    .entity('Company')
    .feed({ count: 1, select: ['Comp_CompanyId', 'Comp_CreatedDate'] })
  const [row] = rows
  const written = String(row?.get('Comp_CreatedDate') ?? '')
  const instant = row?.instant('Comp_CreatedDate')
  if (row === undefined || instant === undefined)
    return unclear('time zone', 'there is no company to tell by')
  const seen = /(?:Z|[+-]\d\d:?\d\d)$/.test(written) ? 'utc' : 'local'
  if (seen !== instants)
    return bad('time zone', `times look like ${written}`, `set crm.instants to '${seen}'`)
  const form = formOf(features, release)
  if (form === undefined) return unclear('time zone', 'this CRM cannot be asked for a date')
  const wanted = (Date.parse(`${toLocal(instant, timeZone)}Z`) - Date.parse(instant)) / MINUTE_MS
  const isAt = (minutes: number) =>
    isFoundAt(connection.send, row.key, Date.parse(instant) + minutes * MINUTE_MS, form)
  return judge(timeZone, wanted, await firstOf([wanted, ...OFFSETS_MIN], isAt))
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

function judge(timeZone: string, wanted: number, found: number | undefined): Finding {
  if (found === undefined)
    return unclear('time zone', 'no company is found by its own time; --write can tell more')
  if (found === wanted) return good('time zone', `${timeZone}, as configured`)
  const said = `the server's clock is ${offsetText(found)}, that of ${timeZone} ${offsetText(wanted)}`
  return bad(
    'time zone',
    said,
    'set crm.timeZone to the zone of the server (Administration, System Behavior)',
  )
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '−' : '+'}${hours}:${String(rest).padStart(2, '0')}`
}
