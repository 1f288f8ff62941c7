import type { Clock } from './clock.ts'
import type { Coverage, Place, Point } from './points.ts'
import type { Random } from './random.ts'

export type Lives = {
  readonly clock: Clock
  readonly random: Random
  readonly coverage: Coverage
  /** Chances for each point a process passes; none at all where they are 0. */
  readonly kill: number
  readonly pause: number
  /** The share of processes whose clock stands still when they do. */
  readonly clockStops: number
}

/** The chance at a point where nobody has died, or stood still, so far. */
const CURIOUS = 0.75

const SECOND_MS = 1_000
/** From a hiccup to longer than a lease, a quarantine and an invocation. */
const PAUSES_MS = [2 * SECOND_MS, 12 * SECOND_MS, 40 * SECOND_MS, 100 * SECOND_MS, 300 * SECOND_MS] as const

/**
 * A process of ours. When it dies nothing of it ever goes on: whatever it waits for never comes, though what it has sent is
 * done. When it stands still it goes on later with what it had in memory, and what came meanwhile waits for it.
 */
export class Process {
  isAlive = true
  /** Told when it dies. */
  onDeath: () => void = () => undefined
  onPause: (ms: number) => void = () => undefined
  readonly skewMs: number
  readonly #lives: Lives
  readonly #bornAt: number
  /** Whether the clock that only goes forward stands still with its process, as that of a machine asleep does. */
  readonly #clockStops: boolean
  #stoodStillMs = 0
  #thawsAt = 0

  constructor(lives: Lives, skewMs: number) {
    this.#lives = lives
    this.skewMs = skewMs
    this.#bornAt = lives.clock.now - lives.random.between(0, 100_000)
    this.#clockStops = lives.random.chance(lives.clockStops)
  }

  /** What it takes for the time. */
  now(): number {
    return this.#lives.clock.now + this.skewMs
  }

  monotonicMs(): number {
    return this.#lives.clock.now - this.#bornAt - (this.#clockStops ? this.#stoodStillMs : 0)
  }

  get coverage(): Coverage {
    return this.#lives.coverage
  }

  get isFrozen(): boolean {
    return this.#thawsAt > this.#lives.clock.now
  }

  kill(): void {
    if (!this.isAlive) return
    this.isAlive = false
    this.onDeath()
  }

  /** Goes on with `next` at a point, unless the process dies there; later, if it stands still. */
  pass(point: Point, next: () => void): void {
    if (!this.#goes(() => this.pass(point, next))) return
    const { kill, pause, random } = this.#lives
    point.passed += 1
    if (kill > 0 && random.chance(point.kills > 0 ? kill : CURIOUS)) {
      point.kills += 1
      this.kill()
    } else if (pause > 0 && random.chance(point.pauses > 0 ? pause : CURIOUS)) {
      point.pauses += 1
      this.#standStill(next)
    } else next()
  }

  #standStill(next: () => void): void {
    const { clock, random } = this.#lives
    const ms = random.pick(PAUSES_MS)
    this.#stoodStillMs += ms
    this.#thawsAt = clock.now + ms
    this.onPause(ms)
    clock.at(this.#thawsAt, () => this.goOn(next))
  }

  /** Goes on with `next`, later if it stands still, never if it is dead. */
  goOn(next: () => void): void {
    if (this.#goes(() => this.goOn(next))) next()
  }

  #goes(again: () => void): boolean {
    if (!this.isAlive) return false
    if (!this.isFrozen) return true
    this.#lives.clock.at(this.#thawsAt, again)
    return false
  }
}

export type Reply<T> = { readonly ok: T } | { readonly error: unknown }

/** Does `effect` elsewhere after `ms` and brings back what came of it. */
export function callElsewhere<T>(
  process: Process,
  clock: Clock,
  { before, after }: Place,
  ms: number,
  effect: () => Reply<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    process.pass(before, () => {
      clock.after(ms, () => {
        const reply = effect()
        process.pass(after, () => ('ok' in reply ? resolve(reply.ok) : reject(reply.error)))
      })
    })
  })
}
