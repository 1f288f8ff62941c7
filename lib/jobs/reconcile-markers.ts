import { CrmCredentialsError, CrmError } from '../crm/errors.ts'
import { type Deadline, earlier } from '../delivery/limits.ts'
import type { Pipe } from '../delivery/pipe.ts'
import type { Job } from './job.ts'
import { closeYounger } from './reconcile/close-younger.ts'
import { type Copies, countingOf } from './reconcile/copies.ts'
import { type Marked, nextMarked } from './reconcile/marked.ts'
import { type Turn, takeTurn } from './reconcile/turn.ts'

const NAME = 'reconcile-markers'
/** Records looked up in one run; the next goes on after them, and begins anew after the last. */
const RECORDS_A_RUN = 5_000
/** IIS refuses a query string above 2048 characters; a marker takes some 65 of them. */
const RECORDS_A_REQUEST = 20
/** The CRM is asked with one of its slots, which nobody else has meanwhile. */
const LONGEST_RUN_MS = 4 * 60_000
const LEASE_MARGIN_MS = 60_000

/**
 * Counts the records in the CRM for each marker the ledger has bound, and reports every marker that is on more than one.
 * With `crm.closeDuplicates` a younger case is closed, with a note. When the CRM fails, the next run goes on where this one
 * stopped: a run that failed would be repeated at once, and a wrong password with it.
 */
export const reconcileMarkers: Job = async (pipe, given) => {
  const deadline = earlier(given, LONGEST_RUN_MS, pipe.monotonicMs)
  const { breaker, paused } = await pipe.gate.state()
  if (paused.all || breaker.state !== 'closed') return { gateClosed: 1 }
  const leaseMs = deadline.remainingMs() + LEASE_MARGIN_MS
  const turn = await takeTurn(pipe.ledger.store, NAME, leaseMs)
  if (turn === undefined) return { busy: 1 }
  try {
    const slot = await pipe.slots.take(leaseMs)
    if (slot === undefined) return { noSlot: 1 }
    try {
      return await reconcile(turn, pipe, deadline)
    } catch (error) {
      return await notCounted(error, pipe)
    } finally {
      await slot.free()
    }
  } finally {
    await turn.end()
  }
}

async function notCounted(error: unknown, { gate, log }: Pipe) {
  if (!(error instanceof CrmError)) throw error
  if (error instanceof CrmCredentialsError) await gate.lock(error.logon)
  log.error('markers not counted', { job: NAME, errorName: error.name })
  return { notCounted: 1 }
}

async function reconcile(turn: Turn, pipe: Pipe, deadline: Deadline) {
  const isMarked = (resource: string) => countingOf(resource, pipe) !== undefined
  const marked = await nextMarked(pipe, { after: turn.after, limit: RECORDS_A_RUN, isMarked })
  let [checked, duplicates, closed] = [0, 0, 0]
  while (checked < marked.length && deadline.remainingMs() > pipe.times.requestTimeoutMs) {
    const batch = marked.slice(checked, checked + RECORDS_A_REQUEST)
    for (const copies of await copiesOf(batch, pipe)) {
      if (copies.rows.length < 2) continue
      duplicates += copies.rows.length - 1
      report(copies, pipe)
      if (pipe.config.crm.closeDuplicates) closed += await closeYounger(copies, pipe)
    }
    checked += batch.length
    await turn.reached(batch.at(-1)?.position ?? '')
  }
  const isThrough = checked === marked.length && marked.length < RECORDS_A_RUN
  if (isThrough) await turn.reached('')
  pipe.metrics.count('duplicates', duplicates)
  return { checked, duplicates, closed }
}

async function copiesOf(batch: readonly Marked[], pipe: Pipe): Promise<readonly Copies[]> {
  const counted: Copies[] = []
  for (const [resource, marked] of Map.groupBy(batch, (one) => one.resource)) {
    counted.push(...((await countingOf(resource, pipe)?.(marked, pipe)) ?? []))
  }
  return counted
}

function report({ of, rows }: Copies, { log }: Pipe): void {
  const { subject, resource, id: recordId } = of
  log.error('several records carry one marker', { subject, resource, recordId, count: rows.length })
}
