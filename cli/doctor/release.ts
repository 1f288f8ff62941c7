import { readJson } from '../../lib/crm/answer.ts'
import type { Connection } from '../../lib/crm/connection.ts'
import { CrmNotFoundError, CrmRejectedError } from '../../lib/crm/errors.ts'
import { RELEASES, type Release, type ReleaseName } from '../../lib/crm/release.ts'
import { resourcesOf } from '../../lib/crm/row.ts'
import { bad, type Finding, good, type Patient, unclear } from './finding.ts'

/** Conditions that no company satisfies: what brings one was not understood. */
const OPERATORS = {
  eq: 'comp_companyid eq 0',
  ne: 'comp_companyid eq 0 and comp_companyid ne 0',
  gt: 'comp_companyid gt 2147483646',
  ge: 'comp_companyid ge 2147483646',
  lt: 'comp_companyid lt 0',
  le: 'comp_companyid le 0',
  between: 'comp_companyid between -2147483648 and 0',
  in: "comp_companyid in ('0')",
  like: "comp_name like 'no company is called this%'",
  not: 'not (comp_companyid gt 0)',
} as const
const DATES = { quoted: "'2999-12-31'", at: '@2999-12-31@' } as const

/** What a CRM was seen to understand. */
export type Features = {
  readonly operators: ReadonlySet<string>
  readonly orderedDates: boolean
  readonly orderedText: boolean
  readonly dateLiterals: ReadonlySet<string>
  readonly checkboxes: boolean
  readonly orderBy: boolean | undefined
}

/** Asks for nothing in every way there is. Reads only. */
export async function readFeatures({ send }: Connection): Promise<Features> {
  const works = (where: string) => isUnderstood(send, where)
  const operators: string[] = []
  for (const [name, where] of Object.entries(OPERATORS)) if (await works(where)) operators.push(name)
  const dateLiterals: string[] = []
  let orderedDates = false
  for (const [form, literal] of Object.entries(DATES)) {
    if (await works(`comp_createddate eq ${literal}`)) dateLiterals.push(form)
    orderedDates ||= await works(`comp_createddate gt ${literal}`)
  }
  return {
    operators: new Set(operators),
    dateLiterals: new Set(dateLiterals),
    orderedDates,
    orderedText: await works("comp_companyid eq 0 and comp_name ge 'a'"),
    checkboxes: await works("comp_companyid eq 0 and comp_optout eq 'Y'"),
    orderBy: await hasOrderBy(send),
  }
}

type Send = Connection['send']

async function isUnderstood(send: Send, where: string): Promise<boolean> {
  try {
    return (await companies(send, { where, count: '1' })).length === 0
  } catch (error) {
    if (error instanceof CrmRejectedError) return false
    throw error
  }
}

async function companies(send: Send, query: Record<string, string>): Promise<readonly unknown[]> {
  return resourcesOf(readJson(await send({ method: 'GET', path: 'Company', query }))) ?? []
}

/** Every CRM has many captions. undefined when this one does not show them. */
async function hasOrderBy(send: Send): Promise<boolean | undefined> {
  const first = async (orderBy: string) => {
    const query = { orderBy, count: '1', select: 'capt_captionid' }
    return JSON.stringify(
      resourcesOf(readJson(await send({ method: 'GET', path: 'Custom_Captions', query }))),
    )
  }
  try {
    return (await first('capt_captionid asc')) !== (await first('capt_captionid desc'))
  } catch (error) {
    if (error instanceof CrmRejectedError || error instanceof CrmNotFoundError) return undefined
    throw error
  }
}

/** The releases that ask for nothing this CRM does not understand, the one that asks for most first. */
export function fittingReleases(features: Features): ReleaseName[] {
  const names = Object.keys(RELEASES) as ReleaseName[]
  const fitting = names.filter((name) => isFitting(RELEASES[name], features))
  return fitting.toSorted((a, b) => scope(RELEASES[b]) - scope(RELEASES[a]))
}

function isFitting({ operators, ordered, dateLiteral, checkboxes }: Release, features: Features): boolean {
  const wanted = [
    ...[...operators].map((word) => features.operators.has(word)),
    !ordered.dates || features.orderedDates,
    !ordered.text || features.orderedText,
    dateLiteral === 'unknown' || features.dateLiterals.has(dateLiteral),
    !checkboxes || features.checkboxes,
  ]
  return wanted.every(Boolean)
}

function scope({ operators, ordered, dateLiteral, checkboxes }: Release): number {
  const extras = [ordered.dates, ordered.text, dateLiteral !== 'unknown', checkboxes]
  return operators.size + extras.filter(Boolean).length
}

/** What the CRM understands, and whether the configured release asks for more or for less. */
export function judgeFeatures(features: Features, { config }: Pick<Patient, 'config'>): Finding[] {
  const fitting = fittingReleases(features)
  const [best = 'any'] = fitting
  const { release } = config.crm
  const words = [...features.operators, ...(features.orderedDates ? ['dates in order'] : [])]
  const found = good('where', words.join(', '))
  const forms = [...features.dateLiterals].join(' and ') || 'none'
  const dates = good('dates in where', `written ${forms}`)
  return [found, dates, orderByFinding(features), releaseFinding(release, best, fitting)]
}

function orderByFinding({ orderBy }: Features): Finding {
  if (orderBy === undefined) return unclear('orderBy', 'there are no captions to tell by')
  return good('orderBy', orderBy ? 'honoured' : 'ignored: long lists are de-duplicated on this side')
}

function releaseFinding(release: ReleaseName, best: ReleaseName, fitting: readonly ReleaseName[]): Finding {
  const todo = `set crm.release to '${best}' in integration.config.ts`
  if (!fitting.includes(release))
    return bad('release', `'${release}' asks for what this CRM does not know`, todo)
  if (scope(RELEASES[best]) > scope(RELEASES[release]))
    return unclear('release', `'${release}' works; '${best}' asks for less data`, todo)
  return good('release', `'${release}'`)
}

const MANY = 1_000

/** How many records come at once. */
export async function checkPages({ send }: Connection): Promise<Finding> {
  const response = await send({ method: 'GET', path: 'Custom_Captions', query: { count: String(MANY) } })
  const json = readJson(response) as { $totalResults?: unknown }
  const [received, total] = [resourcesOf(json)?.length ?? 0, Number(json.$totalResults)]
  if (received >= total) return good('pages', `all ${total} captions at once: no cap seen`)
  if (received >= MANY) return good('pages', `${received} records at once`)
  return good('pages', `at most ${received} records at once; pages advance by what comes`)
}
