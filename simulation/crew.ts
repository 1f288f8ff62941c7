import type { Pipe } from '../lib/delivery/pipe.ts'
import { type Lives, Process } from './process.ts'
import { pipeOf, type Surroundings } from './worker.ts'

export type Worker = { readonly process: Process; readonly pipe: Pipe }

/** Processes of one function: each does one thing at a time; one that has died is replaced by a new one. */
export class Crew {
  readonly #lives: Lives
  readonly #around: Surroundings
  readonly #skewMs: number
  readonly #idle: Worker[] = []

  constructor(lives: Lives, around: Surroundings, skewMs: number) {
    this.#lives = lives
    this.#around = around
    this.#skewMs = skewMs
  }

  /**
   * Has `work` done by a process that has nothing else to do. `ended` is called once: with what came of it, or with the
   * reason why nobody will ever hear of it.
   */
  run<T>(work: (worker: Worker) => Promise<T>, ended: (end: End<T>) => void): void {
    const worker = this.#idle.pop() ?? this.#start()
    let isOver = false
    const end = (result: End<T>) => {
      if (isOver) return
      isOver = true
      ended(result)
    }
    worker.process.onDeath = () => end({ died: true })
    worker.process.onPause = (ms) => {
      if (ms >= GIVEN_UP_AFTER_MS) this.#lives.clock.after(GIVEN_UP_AFTER_MS, () => end({ died: true }))
    }
    work(worker).then(
      (value) => {
        this.#idle.push(worker)
        end({ value })
      },
      (error: unknown) => {
        this.#idle.push(worker)
        end({ error })
      },
    )
  }

  #start(): Worker {
    const half = this.#skewMs / 2
    const process = new Process(this.#lives, this.#lives.random.between(-half, half))
    return { process, pipe: pipeOf(process, this.#around) }
  }
}

/** Whoever waits for a process that stands still gives up. */
const GIVEN_UP_AFTER_MS = 29_000

export type End<T> = { readonly value: T } | { readonly error: unknown } | { readonly died: true }
