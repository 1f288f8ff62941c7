import type { Findings } from './checks.ts'
import { failures } from './checks.ts'
import { strayPersons } from './crm-children.ts'
import { Coverage, tally } from './points.ts'
import type { Round } from './storm.ts'

/** What is counted over all rounds. */
export class Totals {
  readonly coverage = new Coverage()
  readonly ends = new Map<string, number>()
  readonly requests = new Map<string, number>()
  readonly latenciesMs: number[] = []
  readonly counts = new Map<string, number>()
  readonly lost: string[] = []
  readonly duplicates: string[] = []
  readonly unaccounted: string[] = []
  readonly failures: string[] = []
  highWater = 0

  add({ world, findings, seed }: Round): void {
    this.coverage.add(world.coverage)
    for (const [end, count] of Object.entries(findings.ends)) tally(this.ends, end, count)
    for (const [name, count] of world.crm.requests) tally(this.requests, name, count)
    for (const ms of world.tracker.latenciesMs) this.latenciesMs.push(ms)
    this.highWater = Math.max(this.highWater, world.crm.highWater)
    tally(this.counts, 'events', world.happened.size)
    tally(this.counts, 'writes', world.crm.writes)
    tally(this.counts, 'marked', world.crm.markedWrites)
    tally(this.counts, 'overtaken', world.crm.overtakenEdits)
    tally(this.counts, 'unlucky', world.unlucky.size)
    tally(this.counts, 'withoutAddress', strayPersons(world.crm.tables).without.length)
    tally(this.counts, 'deadLetters', world.queue.deadLetters)
    this.#fail(seed, findings)
  }

  #fail(seed: string, findings: Findings): void {
    this.lost.push(...findings.lost)
    this.duplicates.push(...findings.duplicates)
    this.unaccounted.push(...findings.unaccounted)
    this.failures.push(...failures(findings).map((text) => `seed ${seed}: ${text}`))
  }

  count(name: string): number {
    return this.counts.get(name) ?? 0
  }

  /** Requests whose name begins with one of these words. */
  requestsOf(...beginnings: readonly string[]): number {
    const named = [...this.requests].filter(([name]) =>
      beginnings.some((beginning) => name.startsWith(beginning)),
    )
    return named.reduce((sum, [, count]) => sum + count, 0)
  }

  percentile(share: number): number {
    const sorted = this.latenciesMs.toSorted((one, other) => one - other)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  }
}
