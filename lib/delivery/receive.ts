import type { SourceInstance } from '../config/config.ts'
import type { HttpRequest } from '../intake/request.ts'
import { MissingSecretError } from '../sources/errors.ts'
import { deliver, finishedOutcome } from './deliver.ts'
import { sourceOf, UnknownInstanceError } from './instances.ts'
import { type Deadline, earlier } from './limits.ts'
import type { Outcome } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { vendorApiOf } from './vendor-api.ts'

/** Where a delivery came in: `/forms/{name}[/{token}]` or `/orders/{name}[/{token}]`. */
export type Address = { readonly kind: 'form' | 'order'; readonly name: string; readonly token?: string }

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
  const { source, instance, context } = await sourceOf(at.name, pipe, at.token)
  if (source.kind !== at.kind) throw new UnknownInstanceError(`"${at.name}" takes no ${at.kind}s`)
  if (instance.secrets.length > 0 && context.secrets.length === 0) {
    throw new MissingSecretError(`"${at.name}" names secrets and none has a value`)
  }
  const proven = await source.verify(request, context, pipe.ledger.store.now())
  const verified = (await source.screen?.(proven, request, context, vendorApiOf(instance, pipe))) ?? proven
  const identity = source.identify(verified, context, pipe.ledger.store.now())
  const id = `${at.name}:${identity.id}`
  const subject = identity.subject === undefined ? id : `${at.name}:${identity.subject}`
  const aliases = identity.aliases.map((alias) => `${at.name}:${alias}`)
  const { state, event } = await pipe.ledger.record({ id, instance: at.name, subject, verified }, aliases)
  if (state === 'new') pipe.metrics.count('recorded', 1, at.name)
  if (state === 'duplicate') {
    return {
      eventId: event.record.id,
      outcome: { kind: 'duplicate', first: finishedOutcome(event) },
      instance,
    }
  }
  return {
    eventId: id,
    outcome: await deliverRecorded(id, pipe, earlier(deadline, source.inlineBudgetMs, pipe.monotonicMs)),
    instance,
  }
}

/** The receipt is safe: whatever happens to the ledger now, the sweeper finds the event. */
async function deliverRecorded(id: string, pipe: Pipe, deadline: Deadline): Promise<Outcome> {
  try {
    return await deliver(id, pipe, deadline)
  } catch (error) {
    const errorName = error instanceof Error ? error.name : 'unknown'
    pipe.log.error('the ledger failed after the receipt was stored', { eventId: id, errorName })
    const reason = { code: 'ledger', message: 'the ledger failed after the receipt was stored' }
    return {
      kind: 'retry-later',
      notBefore: pipe.ledger.store.now(),
      reason,
      by: 'message',
      burns: false,
    }
  }
}
