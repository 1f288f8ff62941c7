import type { Deadline } from '../lib/delivery/limits.ts'
import { receive } from '../lib/delivery/receive.ts'
import { retryBatch } from '../lib/delivery/retry-batch.ts'
import { queueRetry } from '../lib/delivery/retry-queue.ts'
import { sweepUnfinished } from '../lib/jobs/sweep-unfinished.ts'
import type { Clock } from './clock.ts'
import { Crew, type Worker } from './crew.ts'
import type { Lives } from './process.ts'
import type { QueueModel } from './queue-model.ts'
import type { Random } from './random.ts'
import type { Surroundings } from './worker.ts'
import type { Happening } from './workload.ts'

/** As in serverless.yml, less what the functions keep for their answer. */
const RECEIVE_MS = 28_000 - 1_500
const RETRY_MS = 60_000 - 2_000
const SWEEP_EVERY_MS = 60_000
const BATCH = 10
const REDRIVEN: ReadonlySet<string> = new Set(['parked', 'done'])
const POLL_MS = [50, 500] as const

/** The functions as AWS runs them: receivers as many as there are posts, retries up to a number, a sweeper every minute. */
export class Functions {
  readonly #clock: Clock
  readonly #random: Random
  readonly #queue: QueueModel
  readonly #crew: Crew
  readonly #retries: number
  #retrying = 0
  #isPolling = false
  #isSweeping = false

  constructor(lives: Lives, around: Surroundings, options: { skewMs: number; retries: number }) {
    this.#clock = around.clock
    this.#random = around.random
    this.#queue = around.queue
    this.#crew = new Crew(lives, around, options.skewMs)
    this.#retries = options.retries
    around.queue.onVisible = () => this.#poll()
  }

  /** The sender posts until somebody says that it was stored. `accepted` gets the event's id. */
  post(happening: Happening, accepted: (eventId: string) => void): void {
    const again = (low: number, high: number) =>
      this.#clock.after(this.#random.between(low, high), () => this.post(happening, accepted))
    this.#crew.run(
      (worker) => this.#receive(happening, worker),
      (end) => {
        if ('value' in end) accepted(end.value)
        else if ('error' in end) again(5_000, 60_000)
        else again(1_000, 30_000)
      },
    )
  }

  async #receive({ instance, body }: Happening, { pipe }: Worker): Promise<string> {
    const kind = instance === 'shop' ? 'order' : 'form'
    const request = {
      method: 'POST',
      path: `/${kind}s/${instance}`,
      rawQuery: '',
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
      sourceIp: '127.0.0.1',
    }
    const received = await receive(request, { kind, name: instance }, pipe, this.#deadline(RECEIVE_MS))
    await queueRetry(pipe, received.eventId, received.outcome)
    return received.eventId
  }

  #deadline(budgetMs: number): Deadline {
    const end = this.#clock.now + budgetMs
    return { remainingMs: () => end - this.#clock.now }
  }

  #poll(): void {
    if (this.#isPolling || this.#retrying >= this.#retries || !this.#queue.hasVisible) return
    this.#isPolling = true
    this.#clock.after(this.#random.between(...POLL_MS), () => {
      this.#isPolling = false
      this.#retry()
      this.#poll()
    })
  }

  #retry(): void {
    const messages = this.#queue.receive(BATCH)
    if (messages.length === 0) return
    this.#retrying += 1
    this.#crew.run(
      ({ pipe }) => retryBatch(messages, pipe, this.#deadline(RETRY_MS)),
      (end) => {
        this.#retrying -= 1
        if ('value' in end)
          for (const message of messages) if (!end.value.includes(message)) this.#queue.delete(message)
        this.#poll()
      },
    )
  }

  /** From now on every minute, and now and then two at once, until there is nothing left to do. */
  sweep(isQuiet: () => boolean): void {
    if (this.#isSweeping) return
    this.#isSweeping = true
    this.#clock.after(SWEEP_EVERY_MS, () => {
      this.#isSweeping = false
      if (isQuiet()) return
      this.sweep(isQuiet)
      this.#sweepOnce()
      if (this.#random.chance(0.1)) this.#sweepOnce()
    })
  }

  #sweepOnce(): void {
    this.#crew.run(
      ({ pipe }) => sweepUnfinished(pipe, this.#deadline(RETRY_MS)),
      () => undefined,
    )
  }

  /** People redrive an event that is parked or done; what is parked for good stays so. */
  redrive(eventId: string): void {
    const work = async ({ pipe }: Worker) => {
      const event = await pipe.ledger.load(eventId)
      if (event === undefined || !REDRIVEN.has(event.record.state)) return
      await pipe.ledger.redrive(event)
      await pipe.queue.send(eventId, 0)
    }
    this.#crew.run(work, (end) => {
      if (!('value' in end)) this.#clock.after(30_000, () => this.redrive(eventId))
    })
  }
}
