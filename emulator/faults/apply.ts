import { setTimeout as timeout } from 'node:timers/promises'
import type { Reply } from '../http/reply.ts'
import type { Fault } from './fault.ts'

/** One request, and what a fault can do with it. */
export type Exchange = {
  /** Does the work, or a part of it. The answer may be a refusal; it is never thrown. */
  commit(part?: Part): Reply | Promise<Reply>
  /** Breaks the connection off. */
  reset(): void
  /** The answer of a fault that has one. */
  answer(fault: StatusFault): Reply
}
/** A create with the first so many of its children; of anything else nothing. */
export type Part = { readonly onlyChildren: number }
export type StatusFault = Extract<Fault, { kind: 'status' }>

export type Patience = {
  /** No request is worked on for longer than this: what would take longer is reset. */
  readonly longestRequestMs: number
  /** Rejects when the emulator closes; what waits then never commits. */
  sleep(ms: number): Promise<void>
}

/** Nothing is answered where the connection was broken off. */
export type Outcome = Reply | undefined

type Treat<K extends Fault['kind']> = (
  fault: Extract<Fault, { kind: K }>,
  exchange: Exchange,
  patience: Patience,
) => Promise<Outcome>

const TREATMENTS: { readonly [K in Fault['kind']]: Treat<K> } = {
  latency: async ({ ms }, { commit, reset }, { longestRequestMs, sleep }) => {
    await sleep(Math.min(ms, longestRequestMs))
    if (ms <= longestRequestMs) return commit()
    reset()
    return undefined
  },
  hang: async (_fault, { reset }, { longestRequestMs, sleep }) => {
    await sleep(longestRequestMs)
    reset()
    return undefined
  },
  status: async (fault, { commit, answer }) => {
    if (fault.when === 'after-commit') await commit()
    return answer(fault)
  },
  reset: async ({ when }, { commit, reset }) => {
    if (when === 'after-commit') await commit()
    reset()
    return undefined
  },
  'late-commit': async ({ ms }, { commit, reset }, { sleep }) => {
    reset()
    await sleep(ms)
    await commit()
    return undefined
  },
  'partial-commit': async ({ children, answer: status }, { commit, reset, answer }) => {
    await commit({ onlyChildren: children })
    if (status !== 'reset') return answer({ kind: 'status', status, when: 'after-commit', body: 'html' })
    reset()
    return undefined
  },
}

/**
 * Lets a request go wrong as told; without a fault it is answered, and at once if it can be. Rejects when the emulator
 * closes meanwhile.
 */
export function underFault(
  fault: Fault | undefined,
  exchange: Exchange,
  patience: Patience,
): Outcome | Promise<Outcome> {
  if (fault === undefined) return exchange.commit()
  const treat = TREATMENTS[fault.kind] as Treat<Fault['kind']>
  return treat(fault, exchange, patience)
}

/** Sleeps that end with `closing`, and that keep no process alive. */
export function sleepUntil(closing: AbortSignal): Patience['sleep'] {
  return (ms) => timeout(ms, undefined, { signal: closing, ref: false })
}
