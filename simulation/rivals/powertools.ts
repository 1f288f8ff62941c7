import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import type { Fields, Step } from '../../lib/crm/plan.ts'
import { create, type Means, rivalOf } from './rival.ts'
import { StorePersistence } from './store-persistence.ts'

/** Longer than a sender repeats itself. */
const KEPT_FOR_S = 24 * 60 * 60

type Key = { readonly eventId: string; readonly as: string }

/**
 * The idempotency utility of Powertools for AWS Lambda in its strongest form: not the handler alone but each write is made
 * idempotent on its own, under a key of event and step, its result is kept for longer than senders repeat themselves, and the
 * Lambda context is registered so that a write whose function died may be made again.
 */
export const powertools = rivalOf('Powertools idempotency', async (step, fields, means) => {
  const { eventId, remainingMs, store } = means
  const config = new IdempotencyConfig({
    eventKeyJmesPath: '[eventId, as]',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: KEPT_FOR_S,
  })
  config.registerLambdaContext({ getRemainingTimeInMillis: remainingMs } as LambdaContext)
  const once = makeIdempotent((_key: Key) => createdId(step, fields, means), {
    persistenceStore: new StorePersistence(store),
    config,
    keyPrefix: 'write',
  })
  const { id } = (await once({ eventId, as: step.as })) as { id: string }
  return id
})

type LambdaContext = Parameters<IdempotencyConfig['registerLambdaContext']>[0]

async function createdId(step: Step, fields: Fields, means: Means): Promise<{ id: string }> {
  return { id: await create(step, fields, means) }
}
