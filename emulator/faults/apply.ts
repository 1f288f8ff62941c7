import { setTimeout as timeout } from 'node:timers/promises'
import type { Fault } from './fault.ts'

/** One request, and what a fault can do with it. */
export type Exchange = {
  /** Does the work. The answer may be a refusal; it is never thrown. */
  commit(): Response | Promise<Response>
  /** Breaks the connection off. Returns what stands for an answer that is not sent. */
  reset(): Response
  /** The answer of a fault that has one. */
  answer(fault: StatusFault): Response
}
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
