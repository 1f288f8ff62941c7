import type { HttpRequest } from '../intake/request.ts'
import type { Handshake } from '../sources/source.ts'
import { type Address, sourceAt } from './instances.ts'
import type { Pipe } from './pipe.ts'

/** What was asked is neither a delivery nor a handshake of this source: answered 405. */
export class NoDeliveryError extends Error {
  override readonly name = 'NoDeliveryError'
}

/**
 * The source's answer to what is no delivery: a ping, a challenge. Nothing is verified and nothing stored. undefined: it is
 * a delivery.
 * @throws UnknownInstanceError; NoDeliveryError for every other request that is no POST
 */
export async function shakeHands(
  request: HttpRequest,
  at: Address,
  pipe: Pick<Pipe, 'config' | 'secret' | 'loadSource' | 'metrics'>,
): Promise<Handshake | undefined> {
  const { source, context } = await sourceAt(at, pipe)
  const answer = source.handshake?.(request, context)
  if (answer !== undefined) {
    pipe.metrics.count('handshakes', 1, at.name)
    return answer
  }
  if (request.method !== 'POST') throw new NoDeliveryError('deliveries are posted')
  return undefined
}
