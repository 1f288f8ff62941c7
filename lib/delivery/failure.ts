import {
  CrmAmbiguousError,
  CrmBusyError,
  CrmConflictError,
  CrmCredentialsError,
  CrmError,
  CrmForbiddenError,
  CrmMisconfiguredError,
  CrmNotFoundError,
  CrmRejectedError,
  CrmUnreachableError,
} from '../crm/errors.ts'
import { NotYetError } from '../crm/journal.ts'
import { NotUnderstoodError } from '../sources/errors.ts'
import { BACKOFF, type BackoffPolicy, backoffMs } from './backoff.ts'
import type { Outcome, Reason } from './outcome.ts'

type Circumstances = {
  /** Failed tries before this one. */
  readonly attempts: number
  /** The store's time. */
  readonly now: number
  /** When the latest intent's quarantine ends, if one was left open. */
  readonly quarantineEnd?: number
  readonly random: () => number
}

type Kind = { readonly code: string; readonly retry: BackoffPolicy | 'never' }
type ErrorClass = abstract new (...args: never[]) => Error

/** After this many tries of something that is nobody's known failure, a person should look. */
const MAX_UNEXPECTED_TRIES = 8

/** What each class of failure means for its event. */
const KINDS: readonly (readonly [ErrorClass, Kind])[] = [
  [NotUnderstoodError, { code: 'not-understood', retry: 'never' }],
  [CrmUnreachableError, { code: 'crm-unreachable', retry: BACKOFF.unreachable }],
  [CrmBusyError, { code: 'crm-busy', retry: BACKOFF.busy }],
  [CrmAmbiguousError, { code: 'crm-unclear', retry: BACKOFF.failing }],
  [CrmConflictError, { code: 'crm-conflict', retry: BACKOFF.busy }],
  [CrmRejectedError, { code: 'crm-rejected', retry: 'never' }],
  [CrmNotFoundError, { code: 'crm-not-found', retry: 'never' }],
  [CrmForbiddenError, { code: 'crm-forbidden', retry: 'never' }],
  [CrmCredentialsError, { code: 'crm-credentials', retry: 'never' }],
  [CrmMisconfiguredError, { code: 'crm-misconfigured', retry: 'never' }],
]

/** The outcome of a try that threw: parked, or again later. Nothing is ever dropped. */
export function outcomeOf(error: unknown, circumstances: Circumstances): Outcome {
  if (error instanceof NotYetError) return tooSoon(error, circumstances)
  const known = KINDS.find(([type]) => error instanceof type)?.[1]
  return known === undefined ? unexpected(error, circumstances) : decide(error as Error, known, circumstances)
}

type When = (error: NotYetError, circumstances: Circumstances) => number

/** When it is worth while to try again after a NotYetError. */
const NOT_YET: Readonly<Record<NotYetError['reason'], When>> = {
  quarantine: ({ until }) => until,
  'not-configured-yet': ({ until }) => until,
  /** The holder is usually done long before its hold would run out. */
  held: ({ until }, { attempts, now, random }) =>
    Math.min(until, now + backoffMs(BACKOFF.unreachable, attempts, random)),
  /** At once, with the time of a fresh invocation; but not over and over, if that is too short as well. */
  'out-of-time': ({ until }, { attempts, random }) =>
    attempts === 0 ? until : until + backoffMs(BACKOFF.busy, attempts, random),
}

function tooSoon(error: NotYetError, circumstances: Circumstances): Outcome {
  const notBefore = NOT_YET[error.reason](error, circumstances)
  return { kind: 'retry-later', notBefore, reason: { code: error.reason, message: error.message } }
}

function decide(error: Error, kind: Kind, circumstances: Circumstances): Outcome {
  const reason = reasonOf(kind.code, error)
  if (kind.retry === 'never') return { kind: 'parked', reason }
  return { kind: 'retry-later', notBefore: notBefore(error, kind.retry, circumstances), reason }
}

function notBefore(
  error: Error,
  policy: BackoffPolicy,
  { attempts, now, quarantineEnd, random }: Circumstances,
): number {
  const asked = error instanceof CrmError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(now + asked, now + backoffMs(policy, attempts, random), quarantineEnd ?? 0)
}

/** A bug of ours, most likely: tried again for a while, because a deployment may mend it, then parked. */
function unexpected(error: unknown, circumstances: Circumstances): Outcome {
  const cause = error instanceof Error ? error : new Error(String(error))
  const policy = circumstances.attempts < MAX_UNEXPECTED_TRIES ? BACKOFF.failing : 'never'
  return decide(cause, { code: 'unexpected', retry: policy }, circumstances)
}

function reasonOf(code: string, error: Error): Reason {
  const issues = error instanceof CrmRejectedError || error instanceof NotUnderstoodError ? error.issues : []
  const message = code === 'unexpected' ? `${error.name}: ${error.message}` : error.message
  return { code, message, ...(issues.length > 0 && { issues }) }
}
