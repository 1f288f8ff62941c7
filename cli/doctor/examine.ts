import { CrmError } from '../../lib/crm/errors.ts'
import { checkClock } from './clock.ts'
import { checkFields } from './fields.ts'
import { bad, type Finding, type Patient, unclear } from './finding.ts'
import { checkLogon } from './logon.ts'
import { checkReach } from './reach.ts'
import { checkPages, judgeFeatures, readFeatures } from './release.ts'
import { checkWrites } from './write.ts'

type Options = { readonly write: boolean; readonly ca?: string }

/** All checks in turn; the first that makes the next ones pointless is the last. Reads only, unless `write`. */
export async function* examine(patient: Patient, options: Options): AsyncGenerator<Finding> {
  const { connection, now } = patient
  const reach = await checkReach(connection.base, options.ca, now())
  yield* reach
  if (isFatal(reach)) return
  const logon = await checkLogon(patient)
  yield* logon
  if (isFatal(logon)) return
  yield* guarded('release', async () => {
    const features = await readFeatures(connection)
    const judged = [...judgeFeatures(features, patient), await checkPages(connection)]
    return [...judged, await checkClock(patient, features)]
  })
  yield* guarded('fields', () => checkFields(patient))
  if (options.write) yield* guarded('write', () => checkWrites(patient))
  else yield NOT_WRITTEN
}

const NOT_WRITTEN = unclear(
  'write',
  'not tried: --write creates, changes and deletes one case, and says what a POST with a condition does',
)

function isFatal(findings: readonly Finding[]): boolean {
  return findings.some(({ ok }) => ok === false)
}

/** A check that the CRM cuts short is a finding like any other. */
async function* guarded(what: string, check: () => Promise<Finding[]>): AsyncGenerator<Finding> {
  try {
    yield* await check()
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    yield bad(what, error.message, 'try again; look into the log of Tomcat and of IIS')
  }
}
