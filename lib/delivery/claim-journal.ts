import { type Journal, NotYetError, type SendWindow } from '../crm/journal.ts'
import type { Claim } from './claim.ts'
import { type CrmTimes, type Deadline, quarantineEnd, RESERVE_MS } from './limits.ts'
import { markerOf } from './marker.ts'
import type { NaturalKeys } from './natural-keys.ts'

export type JournalDeps = {
  readonly installation: string
  readonly times: CrmTimes
  readonly deadline: Deadline
  readonly naturalKeys: NaturalKeys
  readonly fresh: boolean
  readonly redriven: Journal['redriven']
  readonly wasHeld: boolean
  readonly hash: Journal['hash']
  readonly monotonicMs: () => number
  /** The store's time. */
  readonly now: () => number
}

/** The journal of a claimed subject, as apply-plan wants it. */
export function claimJournal(claim: Claim, deps: JournalDeps): Journal {
  const { times, now, naturalKeys } = deps
  const { subject, token } = claim
  return {
    entry: (as) => claim.entry(as),
    names: (prefix) => claim.names(prefix),
    note: (changes) => claim.note(changes),
    write: (changes) => claim.write(changes),
    marker: (as) => markerOf(deps.installation, subject, as),
    fresh: deps.fresh,
    redriven: deps.redriven,
    hash: deps.hash,
    now,
    openSendWindow: () => openSendWindow(deps),
    quarantineEnd: (sendBy) => quarantineEnd(sendBy, times),
    wasHeld: deps.wasHeld,
    heldUntil: (key, as) => naturalKeys.heldUntil(key, { subject, as }),
    own: (key, as) => naturalKeys.own(key, { subject, as, token, until: quarantineEnd(claim.until, times) }),
    settle: (key, as, id) => naturalKeys.settle(key, { subject, as, token }, id),
  }
}

/**
 * No write starts unless its whole timeout fits into what is left, so that none is open when the handler returns. Two clocks
 * must agree that the window is open: the one that only goes forward stands still while a machine sleeps (CLOCK_MONOTONIC of
 * Linux does), the other may be set back.
 */
function openSendWindow({ deadline, times, now, monotonicMs }: JournalDeps): SendWindow {
  const slackMs = deadline.remainingMs() - RESERVE_MS - times.requestTimeoutMs
  if (slackMs <= 0) throw new NotYetError('out-of-time', now())
  const lengthMs = Math.min(slackMs, times.sendWindowMs)
  const closesAt = monotonicMs() + lengthMs
  const sendBy = now() + lengthMs
  return { sendBy, isOpen: () => monotonicMs() < closesAt && now() < sendBy }
}
