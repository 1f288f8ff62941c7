import { NotYetError } from '../crm/journal.ts'
import type { Json, Source, SourceContext, VendorApi, Verified } from '../sources/source.ts'
import { isAutomation } from './automation/instance.ts'
import { sourceOf } from './instances.ts'
import type { StoredEvent } from './ledger.ts'
import { type Deadline, RESERVE_MS } from './limits.ts'
import type { Pipe } from './pipe.ts'
import { PayloadGoneError } from './receipts.ts'
import { type Call, traced } from './traced-client.ts'
import { vendorApiOf } from './vendor-api.ts'

/**
 * The event with what its vendor's API adds, stored beside what was received: fetched once, whatever happens later. As it
 * is when its source fetches nothing, or has no credential to fetch it with.
 * @param fetches is told of the call
 * @throws VendorUnavailableError, VendorRefusedError, NotYetError when the time left is too short for it
 */
export async function withFetched(
  event: StoredEvent,
  fetches: Call[],
  pipe: Pipe,
  deadline: Deadline,
): Promise<StoredEvent> {
  if (isAutomation(event.record.instance)) return event
  const { source, context, instance } = await sourceOf(event.record.instance, pipe)
  const verified = source.enrich === undefined ? undefined : await receivedBy(event, pipe)
  if (verified === undefined || verified.fetched !== undefined) return event
  const api = vendorApiOf(instance, pipe)
  if (deadline.remainingMs() - RESERVE_MS < api.timeoutMs) {
    throw new NotYetError('out-of-time', pipe.ledger.store.now())
  }
  const fetched = await fetchTraced(source, verified, context, api, fetches, pipe)
  return fetched === undefined ? event : pipe.ledger.addFetched(event, { ...verified, fetched })
}

async function receivedBy({ record }: StoredEvent, { ledger }: Pipe): Promise<Verified | undefined> {
  try {
    return await ledger.payload(record)
  } catch (error) {
    if (error instanceof PayloadGoneError) return undefined
    throw error
  }
}

/** Nothing is written down where nothing was there to fetch. */
async function fetchTraced(
  source: Source,
  verified: Verified,
  context: SourceContext,
  api: VendorApi,
  fetches: Call[],
  { monotonicMs }: Pipe,
): Promise<Json | undefined> {
  const calls: Call[] = []
  const did = `fetch ${source.name}`
  try {
    const fetched = await traced(did, calls, monotonicMs, async () => source.enrich?.(verified, context, api))
    if (fetched !== undefined) fetches.push(...calls)
    return fetched
  } catch (error) {
    fetches.push(...calls)
    throw error
  }
}
