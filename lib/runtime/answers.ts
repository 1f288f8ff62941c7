import { NoDeliveryError } from '../delivery/handshake.ts'
import { type Address, UnknownInstanceError } from '../delivery/instances.ts'
import type { FinishedOutcome, Outcome } from '../delivery/outcome.ts'
import type { Received } from '../delivery/receive.ts'
import { UndecodableError } from '../intake/decode.ts'
import { BodyTooLargeError } from '../intake/limits.ts'
import { RefusedError, SignatureError } from '../sources/errors.ts'

type ErrorClass = abstract new (...args: never[]) => Error

/** What a sender is told when nothing was stored. Everything not named here is our fault: 503, please send it again. */
const REFUSALS: readonly (readonly [ErrorClass, number])[] = [
  [UndecodableError, 400],
  [SignatureError, 401],
  [RefusedError, 403],
  [UnknownInstanceError, 404],
  [NoDeliveryError, 405],
  [BodyTooLargeError, 413],
]
const OUR_FAULT = 503

type Headers = Readonly<Record<string, string>>
export type Refusal = {
  readonly status: number
  readonly body: { readonly error: string }
  readonly headers: Headers
}
export type Answer = {
  readonly status: number
  readonly body: Readonly<Record<string, string>>
  readonly headers: Headers
}

/** A refusal says what is wrong with the request; a failure of ours says nothing about our insides. */
export function answerToError(error: unknown): Refusal {
  const status = REFUSALS.find(([type]) => error instanceof type)?.[1] ?? OUR_FAULT
  const message = status === OUR_FAULT ? 'not stored, please send it again' : (error as Error).message
  return { status, body: { error: message }, headers: status === 405 ? { allow: 'POST' } : {} }
}

/**
 * What the sender is told about a delivery that is stored: always 200, which some shops take as the only success. A visitor
 * may know the number of the case; a shop has no use for it.
 */
export function answerToReceived({ eventId, outcome }: Received, kind: Address['kind']): Answer {
  const { caseId, ...told } = describe(outcome)
  const body = { reference: eventId, ...told, ...(kind === 'form' && caseId !== undefined && { caseId }) }
  return { status: 200, body, headers: { 'x-event-id': eventId } }
}

function describe(outcome: Outcome): { caseId?: string } & Record<string, string> {
  switch (outcome.kind) {
    case 'retry-later':
      return { outcome: 'queued' }
    case 'duplicate':
      return { outcome: 'duplicate', first: outcome.first?.kind ?? 'queued', ...caseId(outcome.first) }
    default:
      return { outcome: outcome.kind, ...caseId(outcome) }
  }
}

function caseId(outcome: FinishedOutcome | undefined): { caseId?: string } {
  const id = outcome?.kind === 'done' ? outcome.bindings['case']?.id : undefined
  return id === undefined ? {} : { caseId: id }
}
