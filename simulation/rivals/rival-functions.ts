import { markerOf } from '../../lib/delivery/marker.ts'
import { Crew, type Worker } from '../crew.ts'
import type { Lives } from '../process.ts'
import type { Message } from '../queue-model.ts'
import { CONFIG, type Surroundings } from '../worker.ts'
import type { Happening } from '../workload.ts'
import type { Means, Rival } from './rival.ts'

const INVOCATION_MS = 60_000
const POLL_MS = [50, 500] as const
const BATCH = 10

/** A rival behind the same queue: a receiver that only queues, and workers that handle messages until they succeed. */
export class RivalFunctions {
  readonly #around: Surroundings
  readonly #crew: Crew
  readonly #rival: Rival
  readonly #bodies = new Map<string, Happening>()
  #retrying = 0
  #isPolling = false

  constructor(rival: Rival, lives: Lives, around: Surroundings, skewMs: number) {
    this.#rival = rival
    this.#around = around
    this.#crew = new Crew(lives, around, skewMs)
    around.queue.onVisible = () => this.#poll()
  }

  post(happening: Happening, accepted: (eventId: string) => void): void {
    const eventId = `${happening.instance}:${happening.body.id}`
    this.#bodies.set(eventId, happening)
    this.#crew.run(
      ({ pipe }) => pipe.queue.send(eventId, 0),
      (end) => {
        if ('value' in end) accepted(eventId)
        else
          this.#around.clock.after(this.#around.random.between(1_000, 30_000), () =>
            this.post(happening, accepted),
          )
      },
    )
  }

  #poll(): void {
    const { queue, clock, random, slots } = this.#around
    if (this.#isPolling || this.#retrying >= slots || !queue.hasVisible) return
    this.#isPolling = true
    clock.after(random.between(...POLL_MS), () => {
      this.#isPolling = false
      const messages = queue.receive(BATCH)
      for (const message of messages) this.#handle(message)
      this.#poll()
    })
  }

  #handle(message: Message): void {
    this.#retrying += 1
    this.#crew.run(
      (worker) => this.#work(message, worker),
      (end) => {
        this.#retrying -= 1
        if ('value' in end) this.#around.queue.delete(message)
        this.#poll()
      },
    )
  }

  async #work({ body }: Message, { pipe }: Worker): Promise<void> {
    const { clock, random } = this.#around
    const { eventId } = JSON.parse(body) as { eventId: string }
    const happening = this.#bodies.get(eventId)
    if (happening === undefined) throw new Error(`nothing was posted as ${eventId}`)
    const { instance, body: posted } = happening
    const { event } = posted
    if (event === 'ignored') return
    const receivedAt = new Date(clock.now)
    const plan = await pipe.plan(
      event.kind,
      { snapshot: event, facts: [] },
      { config: CONFIG, instance, receivedAt, fileUrl: () => '' },
    )
    const end = clock.now + INVOCATION_MS
    const means: Means = {
      eventId,
      client: pipe.crm,
      store: pipe.ledger.store,
      remainingMs: () => end - clock.now,
      sleep: (ms) => new Promise((resolve) => clock.after(ms, resolve)),
      random: random.next,
      marker: (as) => markerOf(CONFIG.installation, eventId, as),
    }
    await this.#rival.handle(plan, means)
  }
}
