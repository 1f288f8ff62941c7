import { CrmError } from '../crm/errors.ts'
import { NotYetError } from '../crm/journal.ts'
import { driftOf } from '../crm/prototypes/drift.ts'
import { type Impact, impactOf } from '../crm/prototypes/impact.ts'
import { readPrototypes } from '../crm/prototypes/live.ts'
import { ENTITY_NAMES } from '../crm/prototypes/snapshot.ts'
import { kindsOf } from '../delivery/instances.ts'
import type { Pipe } from '../delivery/pipe.ts'
import { tally } from '../delivery/tally.ts'
import { configuredFields } from '../plans/configured-fields.ts'
import type { Job } from './job.ts'

const JOB = 'check-prototypes'

/**
 * Compares what the CRM says about its entities with what the functions check against, and reports each difference with
 * what it breaks of integration.config.ts. A CRM that does not answer is asked at the next time: a failing run would be
 * repeated at once, and a wrong password with it.
 */
export const checkPrototypes: Job = async (pipe) => {
  try {
    const drift = await findDrift(pipe)
    for (const one of drift) report(one, pipe)
    const breaking = drift.filter(({ breaks }) => breaks.length > 0)
    pipe.metrics.count('brokenMappings', breaking.length)
    await alarm(breaking, pipe)
    return { changes: drift.length, breaking: breaking.length }
  } catch (error) {
    if (!(error instanceof CrmError || error instanceof NotYetError)) throw error
    pipe.log.error('prototypes not compared', { job: JOB, errorName: error.name })
    return { notCompared: 1 }
  }
}

/** What the CRM no longer takes as it is configured fails at the next delivery: people hear of it before. */
async function alarm(breaking: readonly Impact[], { notify, ledger }: Pipe): Promise<void> {
  await tally(ledger.store, () => ({ broken: breaking.length }))
  if (breaking.length === 0) return
  const lines = breaking.map(
    ({ entity, field, kind, breaks }) =>
      `${entity}${field === undefined ? '' : `.${field}`}: ${kind}; breaks ${breaks.join(', ')}`,
  )
  await notify({ subject: 'Sage CRM has changed and breaks a mapping', text: lines.join('\n') })
}

async function findDrift(pipe: Pipe): Promise<Impact[]> {
  const { crm, config, entities } = pipe
  const snapshot = await Promise.all(ENTITY_NAMES.map((name) => entities(name)))
  const { entities: live } = await readPrototypes(crm, config.crm)
  return impactOf(driftOf(snapshot, live), configuredFields(config, await kindsOf(pipe)), live)
}

function report({ entity, field, kind, breaks }: Impact, { log }: Pipe): void {
  const about = { job: JOB, resource: entity, ...(field !== undefined && { field }), reason: kind }
  if (breaks.length === 0) log.info('the CRM has changed', about)
  for (const mapping of breaks) log.warn('the CRM has changed', { ...about, mapping })
}
