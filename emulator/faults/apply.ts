import { setTimeout as timeout } from 'node:timers/promises'
import type { Fault } from './fault.ts'

/** One request, and what a fault can do with it. */
export type Exchange = {
  /** Does the work, or a part of it. The answer may be a refusal; it is never thrown. */
  commit(part?: Part): Response | Promise<Response>
  /** Breaks the connection off. Returns what stands for an answer that is not sent. */
  reset(): Response
  /** The answer of a fault that has one. */
  answer(fault: StatusFault): Response
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

type Treat<K extends Fault['kind']> = (
  fault: Extract<Fault, { kind: K }>,
  exchange: Exchange,
  patience: Patience,
) => Promise<Response>

const TREATMENTS: { readonly [K in Fault['kind']]: Treat<K> } = {
  latency: async ({ ms }, { commit, reset }, { longestRequestMs, sleep }) => {
    await sleep(Math.min(ms, longestRequestMs))
    return ms > longestRequestMs ? reset() : commit()
  },
  hang: async (_fault, { reset }, { longestRequestMs, sleep }) => {
    await sleep(longestRequestMs)
    return reset()
  },
  status: async (fault, { commit, answer }) => {
    if (fault.when === 'after-commit') await commit()
    return answer(fault)
  },
  reset: async ({ when }, { commit, reset }) => {
    if (when === 'after-commit') await commit()
    return reset()
  },
  'late-commit': async ({ ms }, { commit, reset }, { sleep }) => {
    const nothing = reset()
    await sleep(ms)
    await commit()
    return nothing
  },
  'partial-commit': async ({ children, answer: status }, { commit, reset, answer }) => {
    await commit({ onlyChildren: children })
    if (status === 'reset') return reset()
    return answer({ kind: 'status', status, when: 'after-commit', body: 'html' })
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
): Response | Promise<Response> {
  if (fault === undefined) return exchange.commit()
  const treat = TREATMENTS[fault.kind] as Treat<Fault['kind']>
  return treat(fault, exchange, patience)
}

/** Sleeps that end with `closing`, and that keep no process alive. */
export function sleepUntil(closing: AbortSignal): Patience['sleep'] {
  return (ms) => timeout(ms, undefined, { signal: closing, ref: false })
}
