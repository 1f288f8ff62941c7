import type { SourceInstance } from '../config/config.ts'
import type { HttpRequest } from '../intake/request.ts'
import { MissingSecretError } from '../sources/errors.ts'
import { deliverStored, finishedOutcome } from './deliver.ts'
import { type Address, type ConfiguredSource, sourceAt } from './instances.ts'
import type { StoredEvent } from './ledger.ts'
import { type Deadline, earlier } from './limits.ts'
import type { Outcome, Reason } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { StoreUnavailableError } from './store/store.ts'
import { tally } from './tally.ts'
import { vendorApiOf } from './vendor-api.ts'

export type { Address } from './instances.ts'

export type Received = {
  readonly eventId: string
  readonly outcome: Outcome
  readonly instance: SourceInstance
}

/**
 * From a request to an outcome: verify the sender, store the receipt, then deliver within the time the sender may be
 * kept waiting.
 * @throws SignatureError, MissingSecretError, RefusedError, UndecodableError, BodyTooLargeError, UnknownInstanceError,
 *   StoreUnavailableError: nothing was stored. Once it is stored, a failing ledger is an outcome, not an error.
 */
export async function receive(
  request: HttpRequest,
  at: Address,
  pipe: Pipe,
  deadline: Deadline,
): Promise<Received> {
  const configured = await sourceAt(at, pipe)
  const { source, instance, context } = configured
  const verified = await verify(request, configured, pipe)
  const identity = source.identify(verified, context, pipe.ledger.store.now())
  const id = `${at.name}:${identity.id}`
  const subject = identity.subject === undefined ? id : `${at.name}:${identity.subject}`
  const aliases = identity.aliases.map((alias) => `${at.name}:${alias}`)
  const { state, event } = await pipe.ledger.record({ id, instance: at.name, subject, verified }, aliases)
  if (state === 'new') pipe.metrics.count('recorded', 1, at.name)
  if (state === 'duplicate') {
    await countDuplicate(pipe)
    return {
      eventId: event.record.id,
      outcome: { kind: 'duplicate', first: finishedOutcome(event) },
      instance,
    }
  }
  const { inlineBudgetMs } = source
  const outcome =
    inlineBudgetMs > 0
      ? await deliverRecorded(event, pipe, earlier(deadline, inlineBudgetMs, pipe.monotonicMs))
      : later(pipe, { code: 'answered-first', message: 'the sender waits for nothing but the receipt' })
  return { eventId: id, outcome, instance }
}

/** A sender that is not let in is counted. */
async function verify(request: HttpRequest, { source, instance, context }: ConfiguredSource, pipe: Pipe) {
  try {
    if (instance.secrets.length > 0 && context.secrets.length === 0)
      throw new MissingSecretError(`"${context.instance}" names secrets and none has a value`)
    const proven = await source.verify(request, context, pipe.ledger.store.now())
    return (await source.screen?.(proven, request, context, vendorApiOf(instance, pipe))) ?? proven
  } catch (error) {
    pipe.metrics.count('refused', 1, context.instance)
    throw error
  }
}

/** A figure for the digest; no delivery fails for it. */
async function countDuplicate({ ledger }: Pipe): Promise<void> {
  await tally(ledger.store, ({ duplicates }) => ({ duplicates: duplicates + 1 })).catch(onlyTheStore)
}

function onlyTheStore(error: unknown): void {
  if (!(error instanceof StoreUnavailableError)) throw error
}

/** The receipt is safe: whatever happens to the ledger now, the sweeper finds the event. */
async function deliverRecorded(event: StoredEvent, pipe: Pipe, deadline: Deadline): Promise<Outcome> {
  try {
    return await deliverStored(event, pipe, deadline)
  } catch (error) {
    const errorName = error instanceof Error ? error.name : 'unknown'
    pipe.log.error('the ledger failed after the receipt was stored', {
      eventId: event.record.id,
      errorName,
    })
    return later(pipe, { code: 'ledger', message: 'the ledger failed after the receipt was stored' })
  }
}

/** At once, but from the queue. */
function later({ ledger }: Pipe, reason: Reason): Outcome {
  return { kind: 'retry-later', notBefore: ledger.store.now(), reason, by: 'message', burns: false }
}
