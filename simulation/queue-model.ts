import type { RetryQueue } from '../lib/delivery/retry-queue.ts'
import type { Clock } from './clock.ts'
import { callElsewhere, type Process } from './process.ts'
import type { Random } from './random.ts'

export type QueueRates = {
  /** The queue takes no message: half of the times it has taken it all the same. */
  readonly failure: number
  /** A message is delivered once more. */
  readonly twice: number
  /** A message that is not deleted in this time comes again. */
  readonly visibilityMs: number
  /** After so many times it becomes a dead letter. */
  readonly maxReceives: number
}

export type Message = { readonly messageId: string; readonly body: string; receives: number }

const LATENCY_MS = [5, 25] as const

/** A standard queue: at least once, in any order, with a delay, a visibility timeout and a dead-letter queue. */
export class QueueModel {
  readonly #clock: Clock
  readonly #random: Random
  readonly #rates: QueueRates
  readonly #visible: Message[] = []
  readonly #gone = new Set<string>()
  #sent = 0
  deadLetters = 0
  /** Told when a message can be received. */
  onVisible: () => void = () => undefined

  constructor(clock: Clock, random: Random, rates: QueueRates) {
    this.#clock = clock
    this.#random = random
    this.#rates = rates
  }

  for(process: Process): RetryQueue {
    return {
      send: (eventId, delayMs) =>
        callElsewhere(
          process,
          this.#clock,
          process.coverage.place('queue.send', ''),
          this.#random.between(...LATENCY_MS),
          () => {
            const fails = this.#random.chance(this.#rates.failure)
            if (!fails || this.#random.chance(0.5)) this.send(eventId, delayMs)
            return fails ? { error: new Error('the simulated queue does not answer') } : { ok: undefined }
          },
        ),
      sendRun: async () => undefined,
    }
  }

  send(eventId: string, delayMs: number): void {
    this.#sent += 1
    const message = { messageId: `m${this.#sent}`, body: JSON.stringify({ eventId }), receives: 0 }
    this.#showAfter(delayMs, message)
    if (this.#random.chance(this.#rates.twice)) {
      const copy = { ...message, messageId: `${message.messageId}-again` }
      this.#showAfter(delayMs + this.#random.between(0, 60_000), copy)
    }
  }

  /** Up to `most` messages in no order; each comes back unless it is deleted in time. */
  receive(most: number): Message[] {
    const received: Message[] = []
    while (received.length < most && this.#visible.length > 0) {
      const message = this.#take(this.#random.between(0, this.#visible.length - 1))
      if (this.#gone.has(message.messageId)) continue
      message.receives += 1
      if (message.receives > this.#rates.maxReceives) this.deadLetters += 1
      else {
        received.push(message)
        this.#showAfter(this.#rates.visibilityMs, message)
      }
    }
    return received
  }

  delete(message: Message): void {
    this.#gone.add(message.messageId)
  }

  get hasVisible(): boolean {
    return this.#visible.length > 0
  }

  #take(index: number): Message {
    const message = this.#visible[index] as Message
    const last = this.#visible.pop() as Message
    if (last !== message) this.#visible[index] = last
    return message
  }

  #showAfter(ms: number, message: Message): void {
    this.#clock.after(ms, () => {
      if (this.#gone.has(message.messageId)) return
      this.#visible.push(message)
      this.onVisible()
    })
  }
}
