import { hashOf, type Random, randomOf } from './random.ts'

/** Chances for each request. */
export type CrmRates = {
  /** 500, half of them before the commit and half after it. */
  readonly error: number
  /** 429, or 503 with Retry-After. */
  readonly busy: number
  readonly resetAfterCommit: number
  readonly resetBeforeCommit: number
  /** Of a create with children the parent is committed, or a child without its link; then the connection is reset. */
  readonly partialCommit: number
  /** No answer in time, and the commit comes later. */
  readonly lateCommit: number
  /** No answer at all, nothing done. */
  readonly hang: number
  readonly unreachable: number
}

export type Fate = keyof CrmRates | 'errorAfterCommit' | 'fine'

export const NO_FAULTS: CrmRates = {
  error: 0,
  busy: 0,
  resetAfterCommit: 0,
  resetBeforeCommit: 0,
  partialCommit: 0,
  lateCommit: 0,
  hang: 0,
  unreachable: 0,
}

/** 10 % 500s, 3 % 429s, 7 % resets after the commit, 2 of them of a part of it, 2 % late commits; and a little of everything else. */
export const STORM_RATES: CrmRates = {
  error: 0.1,
  busy: 0.03,
  resetAfterCommit: 0.05,
  resetBeforeCommit: 0.002,
  partialCommit: 0.02,
  lateCommit: 0.02,
  hang: 0.001,
  unreachable: 0.002,
}

/**
 * What becomes of each request hangs on the seed and on what it is about, not on what others do at the same time: the same
 * event meets the same faults when others are left out of the run.
 */
export class Fates {
  readonly #seed: string
  readonly #rates: CrmRates
  readonly #counts = new Map<number, number>()

  constructor(seed: string, rates: CrmRates) {
    this.#seed = seed
    this.#rates = rates
  }

  of(what: string): { readonly fate: Fate; readonly random: Random } {
    const key = hashOf(what)
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    const random = randomOf(this.#seed, key, count)
    return { fate: this.#draw(random), random }
  }

  #draw(random: Random): Fate {
    let left = random.next()
    for (const [fate, rate] of Object.entries(this.#rates) as [keyof CrmRates, number][]) {
      left -= rate
      if (left < 0) return fate === 'error' && random.chance(0.5) ? 'errorAfterCommit' : fate
    }
    return 'fine'
  }
}
