import { NotUnderstoodError, VendorRefusedError, VendorUnavailableError } from '../sources/errors.ts'
import type { Listed, Source, SourceContext } from '../sources/source.ts'
import * as z from '../values/schema.ts'
import { loadSubject } from './claim.ts'
import { sourceOf } from './instances.ts'
import type { Deadline } from './limits.ts'
import type { Pipe } from './pipe.ts'
import { updateItem } from './store/update.ts'
import { isOlder } from './subject-story.ts'
import { vendorApiOf } from './vendor-api.ts'

/** What came of asking one vendor. `lacking`: recorded now, because it never arrived or arrived older. */
export type CaughtUp = {
  readonly listed: number
  readonly lacking: number
  /** The vendor did not answer, or refused: it is asked again from the same instant at the next time. */
  readonly failed: number
}

/** What asking a vendor needs of the pipe. */
type CatchingUp = Pick<Pipe, 'config' | 'ledger' | 'loadSource' | 'secret' | 'log' | 'metrics'> & {
  readonly queue: Pick<Pipe['queue'], 'send'>
}

const HOUR_MS = 60 * 60_000
const FIRST_LOOK_BACK_MS = 72 * HOUR_MS
/** A vendor's clock may differ, and its list may lag behind. */
const OVERLAP_MS = HOUR_MS
const LEAST_MS = 15_000

const Reached = z.object({ format: z.literal(1), until: z.number() })

/**
 * Asks a vendor's API for everything that changed since the last time, and records what the ledger does not know as if its
 * webhook had brought it. undefined: its source cannot be asked, or no credential is configured.
 */
export async function catchUp(
  name: string,
  pipe: CatchingUp,
  deadline: Deadline,
): Promise<CaughtUp | undefined> {
  const { source, instance, context } = await sourceOf(name, pipe)
  if (source.listSince === undefined || Object.keys(instance.api.credentials).length === 0) return undefined
  const began = pipe.ledger.store.now()
  const since = await reachedBefore(name, pipe)
  let [listed, lacking] = [0, 0]
  try {
    for await (const one of source.listSince(since, context, vendorApiOf(instance, pipe))) {
      listed += 1
      if (await isLacking(one, source, context, pipe)) lacking += await recordListed(one, name, pipe)
      if (deadline.remainingMs() < LEAST_MS) return { listed, lacking, failed: 0 }
    }
  } catch (error) {
    if (!(error instanceof VendorUnavailableError || error instanceof VendorRefusedError)) throw error
    pipe.log.error('a vendor could not be asked', { instance: name, errorName: error.name })
    return { listed, lacking, failed: 1 }
  }
  await updateItem(pipe.ledger.store, keyOf(name), () => ({ value: { format: 1, until: began } }))
  return { listed, lacking, failed: 0 }
}

async function reachedBefore(name: string, { ledger }: CatchingUp): Promise<number> {
  const item = await ledger.store.get(keyOf(name))
  if (item === undefined) return ledger.store.now() - FIRST_LOOK_BACK_MS
  return Reached.parse(item.value).until - OVERLAP_MS
}

function keyOf(name: string): string {
  return `caught-up#${name}`
}

/** Whether the ledger knows nothing as new as this of its subject. What nobody understands is parked, so that people see it. */
async function isLacking(
  { verified, identity }: Listed,
  source: Source,
  context: SourceContext,
  { ledger }: CatchingUp,
): Promise<boolean> {
  try {
    const event = source.toEvent(verified, context)
    if (event.kind === 'ignored') return false
    const standing = event.standing ?? { is: 'snapshot' }
    if (identity.subject === undefined || standing.is === 'fact') return true
    const known = (await loadSubject(ledger.store, `${context.instance}:${identity.subject}`))?.snapshot
    const version = 'version' in standing ? standing.version : undefined
    return known === undefined || isOlder(known.version, version)
  } catch (error) {
    if (error instanceof NotUnderstoodError) return true
    throw error
  }
}

/** As a webhook's delivery, which the queue then brings to the CRM. Returns how many are new: 0 or 1. */
async function recordListed({ verified, identity }: Listed, name: string, pipe: CatchingUp): Promise<number> {
  const id = `${name}:${identity.id}`
  const subject = identity.subject === undefined ? id : `${name}:${identity.subject}`
  const aliases = identity.aliases.map((alias) => `${name}:${alias}`)
  const { state } = await pipe.ledger.record({ id, instance: name, subject, verified }, aliases)
  if (state === 'duplicate') return 0
  pipe.metrics.count('recorded', 1, name)
  await pipe.queue.send(id, 0).catch((error: unknown) => {
    const errorName = error instanceof Error ? error.name : 'unknown'
    pipe.log.warn('the retry queue took no message', { eventId: id, errorName })
  })
  return 1
}
