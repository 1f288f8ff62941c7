import { Heap } from './heap.ts'

type Step = { readonly at: number; readonly order: number; readonly run: () => void }

/** Where virtual time begins; an instant of it is a plain number of milliseconds since 1970. */
export const EPOCH_MS = Date.UTC(2026, 10, 24)
/** So often the real event loop gets a turn, so that a long run can be interrupted. */
const STEPS_BETWEEN_TURNS = 20_000

/**
 * Virtual time: what is to happen is kept in order and done one after another, each with all promises it settles followed to
 * the end before the next. Nothing real is waited for, so a run depends on its seed alone.
 */
export class Clock {
  #now = EPOCH_MS
  #order = 0
  readonly #steps = new Heap<Step>((one, other) =>
    one.at === other.at ? one.order < other.order : one.at < other.at,
  )
  steps = 0

  get now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): void {
    this.at(this.#now + ms, run)
  }

  at(instant: number, run: () => void): void {
    this.#order += 1
    this.#steps.push({ at: Math.max(instant, this.#now), order: this.#order, run })
  }

  /** Until nothing is left to happen, or until `isOver` says so. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        const step = isOver() ? undefined : this.#steps.pop()
        if (step === undefined) {
          resolve()
          return
        }
        this.#now = step.at
        this.steps += 1
        try {
          step.run()
        } catch (error) {
          reject(error)
          return
        }
        // A tick set from a microtask comes when no microtask is left: all that this step has settled has been followed.
        const next = this.steps % STEPS_BETWEEN_TURNS === 0 ? setImmediate : process.nextTick
        queueMicrotask(() => next(turn))
      }
      turn()
    })
  }
}
