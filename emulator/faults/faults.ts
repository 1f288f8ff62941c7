import { randomNumbers } from '../random.ts'
import type { Fault, FaultRates, FaultRule, RandomFaults } from './fault.ts'

export type { Fault } from './fault.ts'

type Waiting = { readonly rule: FaultRule; skip: number; times: number }

/** Which fault the next request meets: of the first rule it is due for, else one drawn from the random mix, else none. */
export class Faults {
  #rules: Waiting[] = []
  #random: { readonly draw: () => number; readonly rates: FaultRates } | undefined
  readonly #mix: readonly (readonly [keyof FaultRates, Fault])[]

  /** @param longestRequestMs the late commits of the random mix come sooner */
  constructor(longestRequestMs: number) {
    this.#mix = mixFor(longestRequestMs)
  }

  add(rule: FaultRule): void {
    this.#rules.push({ rule, skip: rule.skip, times: rule.times })
  }

  /** No more faults, the random mix included. */
  clear(): void {
    this.#rules = []
    this.clearRandom()
  }

  setRandom({ seed, rates }: RandomFaults): void {
    this.#random = { draw: randomNumbers(seed), rates }
  }

  clearRandom(): void {
    this.#random = undefined
  }

  /** The fault for a request, used up by this. */
  take(method: string, resource: string): Fault | undefined {
    const waiting = this.#due(method, resource)
    if (waiting === undefined) return this.#draw(method)
    waiting.times -= 1
    if (waiting.times === 0) this.#rules = this.#rules.filter((one) => one !== waiting)
    return waiting.rule.fault
  }

  /** Every rule counts for itself the requests that it skips. */
  #due(method: string, resource: string): Waiting | undefined {
    const matching = this.#rules.filter(({ rule }) => isFor(rule, method, resource))
    const due = matching.find(({ skip }) => skip === 0)
    for (const waiting of matching) waiting.skip = Math.max(0, waiting.skip - 1)
    return due
  }

  #draw(method: string): Fault | undefined {
    if (this.#random === undefined) return undefined
    const { draw, rates } = this.#random
    let point = draw()
    for (const [name, fault] of this.#mix) {
      if (name !== 'status429' && !WRITES.includes(method)) continue
      if (point < rates[name]) return fault
      point -= rates[name]
    }
    return undefined
  }
}

const WRITES: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE']
const LATE_MS = 200

function mixFor(longestRequestMs: number): readonly (readonly [keyof FaultRates, Fault])[] {
  const lateMs = Math.min(LATE_MS, Math.floor(longestRequestMs / 2))
  return [
    ['status429', { kind: 'status', status: 429, retryAfterS: 1, when: 'before-commit', body: 'empty' }],
    ['status500Before', { kind: 'status', status: 500, when: 'before-commit', body: 'html' }],
    ['status500After', { kind: 'status', status: 500, when: 'after-commit', body: 'html' }],
    ['resetBefore', { kind: 'reset', when: 'before-commit' }],
    ['resetAfter', { kind: 'reset', when: 'after-commit' }],
    ['lateCommit', { kind: 'late-commit', ms: lateMs }],
  ]
}

function isFor(rule: FaultRule, method: string, resource: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false
  return rule.resource === undefined || rule.resource.toLowerCase() === resource.toLowerCase()
}
