import { createHash } from 'node:crypto'
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
  TotalsDifferError,
} from '../crm/errors.ts'
import { NotYetError } from '../crm/journal.ts'
import { NotUnderstoodError, VendorRefusedError, VendorUnavailableError } from '../sources/errors.ts'
import { BACKOFF, type BackoffPolicy, backoffMs } from './backoff.ts'
import type { Reason, RetryLater, TryOutcome } from './outcome.ts'
import type { Attempt, EventRecord } from './records.ts'
import type { Call } from './traced-client.ts'

type Streak = NonNullable<EventRecord['streak']>

type Circumstances = {
  /** Failed tries before this one. */
  readonly attempts: number
  /** Times it had to wait for no fault of its own. */
  readonly deferrals: number
  /** The store's time. */
  readonly now: number
  /** When the latest open write's quarantine ends, if one was left open. */
  readonly quarantineEnd?: number
  readonly streak?: Streak
  /** When the CRM last did what it was asked, whoever asked. */
  readonly lastSuccessAt: number
  readonly random: () => number
}

type Retry = { readonly backoff: BackoffPolicy; readonly burns: boolean }
type Kind = { readonly code: string; readonly retry: Retry | 'never' | 'when-people-say' }
type ErrorClass = abstract new (...args: never[]) => Error

/** After this many tries of something that is nobody's known failure, a person should look. */
const MAX_UNEXPECTED_TRIES = 8
/** The same 5xx this often in a row, while the CRM works for others, is about the event and not about the CRM. */
const POISON_STREAK = 3

/** What each class of failure means for its event. Nothing that is the CRM's or a vendor's own trouble burns a try. */
const KINDS: readonly (readonly [ErrorClass, Kind])[] = [
  [NotUnderstoodError, { code: 'not-understood', retry: 'never' }],
  [VendorRefusedError, { code: 'vendor-refused', retry: 'never' }],
  [
    VendorUnavailableError,
    { code: 'vendor-unavailable', retry: { backoff: BACKOFF.unreachable, burns: false } },
  ],
  [CrmUnreachableError, { code: 'crm-unreachable', retry: { backoff: BACKOFF.unreachable, burns: false } }],
  [CrmBusyError, { code: 'crm-busy', retry: { backoff: BACKOFF.busy, burns: false } }],
  [CrmAmbiguousError, { code: 'crm-unclear', retry: { backoff: BACKOFF.failing, burns: true } }],
  [CrmConflictError, { code: 'crm-conflict', retry: { backoff: BACKOFF.busy, burns: true } }],
  [TotalsDifferError, { code: 'totals-differ', retry: 'never' }],
  [CrmRejectedError, { code: 'crm-rejected', retry: 'never' }],
  [CrmNotFoundError, { code: 'crm-not-found', retry: 'never' }],
  [CrmForbiddenError, { code: 'crm-forbidden', retry: 'never' }],
  [CrmCredentialsError, { code: 'crm-credentials', retry: 'when-people-say' }],
  [CrmMisconfiguredError, { code: 'crm-misconfigured', retry: 'never' }],
]

/** The outcome of a try that threw: parked, or again later. Nothing is ever dropped. */
export function outcomeOf(error: unknown, circumstances: Circumstances): TryOutcome {
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
  held: ({ until }, { deferrals, now, random }) =>
    Math.min(until, now + backoffMs(BACKOFF.unreachable, deferrals, random)),
  /** At once, with the time of a fresh invocation; but not over and over, if that is too short as well. */
  'out-of-time': ({ until }, { deferrals, random }) =>
    deferrals === 0 ? until : until + backoffMs(BACKOFF.busy, deferrals, random),
}

function tooSoon(error: NotYetError, circumstances: Circumstances): TryOutcome {
  const notBefore = NOT_YET[error.reason](error, circumstances)
  const reason = { code: error.reason, message: error.message }
  return { kind: 'retry-later', notBefore, reason, by: 'message', burns: false }
}

function decide(error: Error, { code, retry }: Kind, circumstances: Circumstances): TryOutcome {
  const reason = reasonOf(code, error)
  if (retry === 'never') return { kind: 'parked', reason }
  if (retry === 'when-people-say') return waiting(reason, circumstances.now, 'index', false)
  if (isPoison(circumstances)) return { kind: 'parked', reason: { ...reason, code: 'crm-failing' } }
  return waiting(reason, notBefore(error, retry, circumstances), 'message', retry.burns)
}

function waiting(reason: Reason, notBefore: number, by: RetryLater['by'], burns: boolean): RetryLater {
  return { kind: 'retry-later', notBefore, reason, by, burns }
}

function isPoison({ streak, lastSuccessAt }: Circumstances): boolean {
  return streak !== undefined && streak.count >= POISON_STREAK && lastSuccessAt > streak.since
}

function notBefore(
  error: Error,
  { backoff, burns }: Retry,
  { attempts, deferrals, now, quarantineEnd, random }: Circumstances,
): number {
  const saysWhen = error instanceof CrmError || error instanceof VendorUnavailableError
  const asked = saysWhen ? (error.retryAfterMs ?? 0) : 0
  const delay = backoffMs(backoff, burns ? attempts : deferrals, random)
  return Math.max(now + asked, now + delay, quarantineEnd ?? 0)
}

/** A bug of ours, most likely: tried again for a while, because a deployment may mend it, then parked. */
function unexpected(error: unknown, circumstances: Circumstances): TryOutcome {
  const cause = error instanceof Error ? error : new Error(String(error))
  const isLast = circumstances.attempts >= MAX_UNEXPECTED_TRIES
  const retry = isLast ? 'never' : { backoff: BACKOFF.failing, burns: true }
  return decide(cause, { code: 'unexpected', retry }, circumstances)
}

function reasonOf(code: string, error: Error): Reason {
  const issues = error instanceof CrmRejectedError || error instanceof NotUnderstoodError ? error.issues : []
  const message = code === 'unexpected' ? `${error.name}: ${error.message}` : error.message
  return { code, message, ...(issues.length > 0 && { issues }) }
}

/** How often in a row the same request has now been answered with the same 5xx. */
export function streakOf(
  error: unknown,
  calls: readonly Call[],
  before: Streak | undefined,
  now: number,
): Streak | undefined {
  if (!(error instanceof CrmAmbiguousError) || error.status === undefined || error.status < 500)
    return undefined
  const on = `${failedCall(calls)?.did ?? ''} ${error.status}`
  return before?.on === on ? { ...before, count: before.count + 1 } : { on, count: 1, since: now }
}

/** The same for events that were parked for the same cause: the code, the request and the fields that were named. */
export function fingerprintOf({ code, issues = [] }: Reason, { calls }: Pick<Attempt, 'calls'>): string {
  const fields = issues.map((issue) => issue.split(':', 1)[0]).toSorted()
  const { did, result } = failedCall(calls) ?? {}
  const cause = JSON.stringify([code, did, result, fields])
  return `${code}-${createHash('sha256').update(cause).digest('hex').slice(0, 8)}`
}

/** The call that ended a try; one that was made beside it may have been answered later. */
export function failedCall(calls: readonly Call[]): Call | undefined {
  return calls.findLast(({ result }) => result !== 'ok') ?? calls.at(-1)
}
