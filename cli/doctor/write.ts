import { type DialectName, dialects } from '../../emulator/dialects.ts'
import type { Dialect } from '../../emulator/switches.ts'
import { parseJson } from '../../lib/crm/answer.ts'
import type { Connection } from '../../lib/crm/connection.ts'
import { CrmError, CrmNotFoundError, CrmRejectedError } from '../../lib/crm/errors.ts'
import type { CrmRequest, CrmResponse } from '../../lib/crm/request.ts'
import { keyOfUrl, resourcesOf } from '../../lib/crm/row.ts'
import { entryPath } from '../../lib/crm/url.ts'
import { bad, type Finding, good, type Patient, unclear } from './finding.ts'

const DESCRIPTION = 'sage-crm-functions doctor: this case may be deleted'
const CLOCK_TOLERANCE_MS = 5 * 60_000
type Traits = Partial<Dialect>
type Json = Readonly<Record<string, unknown>>

/**
 * Creates one case, reads it back, changes it and deletes it, and says how this CRM answered. Deletes what it made also
 * when something fails on the way.
 */
export async function checkWrites(patient: Patient): Promise<Finding[]> {
  const { send } = patient.connection
  const body = { case_description: DESCRIPTION }
  const response = await send({ method: 'POST', path: 'Cases', body })
  const key = keyOf(response)
  if (key === undefined)
    return [
      bad('create', 'the answer does not say which record was made', `delete the case "${DESCRIPTION}"`),
    ]
  try {
    const created = createTraits(response)
    const updated = await updateTraits(send, key)
    const read = await readBack(patient, key)
    const deleted = await remove(send, key)
    const traits = { ...created, ...updated.traits, ...deleted.traits }
    return [
      good('create', `case ${key}`),
      ...read,
      ...updated.findings,
      ...deleted.findings,
      await postQuery(send),
      likeness(traits),
    ]
  } finally {
    await removeQuietly(send, key)
  }
}

type Send = Connection['send']

function keyOf({ text, headers }: CrmResponse): string | undefined {
  const { $key, $url } = (parseJson(text) ?? {}) as Json
  if (typeof $key === 'number' || typeof $key === 'string') return String($key)
  return keyOfUrl($url) ?? keyOfUrl(headers['location'])
}

function createTraits({ status, text, headers }: CrmResponse): Traits {
  const json = parseJson(text) as Json | undefined
  return {
    createStatus: status === 200 ? 200 : 201,
    keyType: typeof json?.['$key'] === 'string' ? 'string' : 'number',
    writeAnswer: json === undefined ? 'empty' : answerOf(json),
    etags: headers['etag'] !== undefined || json?.['$etag'] !== undefined ? 'sent' : 'none',
  }
}

function answerOf(json: Json): Dialect['writeAnswer'] {
  const names = Object.keys(json).map((name) => name.toLowerCase())
  return names.includes('case_createddate') ? 'full' : 'partial'
}

async function readBack({ crm, now, config }: Patient, key: string): Promise<Finding[]> {
  const row = await crm
    .entity('Cases')
    .update(key, { Case_Description: DESCRIPTION }, { returnPartial: false })
  const whole = row.get('Case_ReferenceId') ?? (await crm.entity('Cases').get(key)).get('Case_ReferenceId')
  const read = good('read back', `reference ${String(whole)}, with returnPartial=false`)
  const created = Date.parse((await crm.entity('Cases').get(key)).instant('Case_CreatedDate') ?? '')
  const offMs = Math.abs(created - now().getTime())
  if (Number.isNaN(offMs)) return [read, unclear('clock', 'the case does not say when it was made')]
  if (offMs <= CLOCK_TOLERANCE_MS) return [read, good('clock', 'a new record is from now')]
  const said = `a new record is ${Math.round(offMs / 60_000)} minutes away from now in ${config.crm.timeZone}`
  return [read, bad('clock', said, 'set crm.timeZone to the zone of the server, and both clocks right')]
}

/** Which verbs change a record; the client takes whichever works. */
async function updateTraits(send: Send, key: string) {
  const verbs: ('PUT' | 'PATCH')[] = []
  for (const method of ['PUT', 'PATCH'] as const) {
    if (
      await isAllowed(send, {
        method,
        path: entryPath('Cases', key),
        body: { case_description: DESCRIPTION },
      })
    )
      verbs.push(method)
  }
  const said = `by ${verbs.join(' and ') || 'neither PUT nor PATCH'}`
  const todo = 'give the user the right to change cases'
  const finding = verbs.length > 0 ? good('update', said) : bad('update', said, todo)
  const [only = 'both'] = verbs.length === 1 ? verbs : []
  return { traits: { updateVerbs: only } satisfies Traits, findings: [finding] }
}

async function isAllowed(send: Send, request: CrmRequest): Promise<boolean> {
  try {
    await send(request)
    return true
  } catch (error) {
    if (error instanceof CrmRejectedError) return false
    throw error
  }
}

async function remove(send: Send, key: string) {
  const { status } = await send({ method: 'DELETE', path: entryPath('Cases', key) })
  const isGone = await send({ method: 'GET', path: entryPath('Cases', key) }).then(
    ({ text }) => resourcesOf(parseJson(text))?.length === 0,
    (error: unknown) => error instanceof CrmNotFoundError,
  )
  const finding = isGone
    ? good('delete', `${status}`)
    : bad('delete', 'the case is still there', `delete case ${key}`)
  return { traits: { deleteStatus: status === 204 ? 204 : 200 } satisfies Traits, findings: [finding] }
}

async function removeQuietly(send: Send, key: string): Promise<void> {
  await send({ method: 'DELETE', path: entryPath('Cases', key) }).catch((error: unknown) => {
    if (!(error instanceof CrmError)) throw error
  })
}

/**
 * One sentence of the documentation says that POST also "queries for data using conditions". A condition that no case
 * satisfies tells a query from a create; what is created by it is deleted.
 */
async function postQuery(send: Send): Promise<Finding> {
  const query = { where: 'case_caseid eq 0' }
  const body = { case_description: DESCRIPTION }
  const response = await send({ method: 'POST', path: 'Cases', query, body }).catch((error: unknown) => {
    if (error instanceof CrmRejectedError) return undefined
    throw error
  })
  if (response === undefined) return good('POST with a condition', 'refused')
  const key = keyOf(response)
  if (key === undefined) return good('POST with a condition', 'queries; it is never used')
  await removeQuietly(send, key)
  return good('POST with a condition', 'creates: the condition is ignored; it is never used')
}

/** The emulated dialect that answers most like this CRM. */
function likeness(traits: Traits): Finding {
  const names = Object.keys(dialects) as DialectName[]
  const differences = (name: DialectName) =>
    Object.entries(traits).filter(([trait, value]) => dialects[name][trait as keyof Dialect] !== value)
  const [nearest] = names.toSorted((a, b) => differences(a).length - differences(b).length)
  if (nearest === undefined) return unclear('dialect', 'none')
  const other = differences(nearest).map(([trait, value]) => `${trait}=${value}`)
  const said = other.length === 0 ? nearest : `${nearest}, but ${other.join(', ')}`
  return good('dialect', `answers like ${said}`)
}
