import type { EventRecord, SubjectRecord } from '../lib/delivery/records.ts'
import type { Clock } from './clock.ts'

const FINISHED: ReadonlySet<string> = new Set(['done', 'stale', 'ignored', 'parked'])

/** Watches what is written to the ledger, so that the simulation knows when all is done and how long it took. */
export class Tracker {
  readonly #clock: Clock
  readonly states = new Map<string, EventRecord['state']>()
  readonly #recordedAt = new Map<string, number>()
  /** From the first record of an event to its end, in ms. */
  readonly latenciesMs: number[] = []
  /** Records that a subject is known to be bound to: `Cases|17`. */
  readonly bound = new Set<string>()
  unfinished = 0
  /** Told when there is something to do. */
  onUnfinished: () => void = () => undefined
  /** Told when an event is finished for the first time, with the instant it was recorded. */
  onFinished: (recordedAt: number) => void = () => undefined
  /** Told when an event is parked. */
  onParked: (record: EventRecord) => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onWrite(key: string, value: unknown): void {
    if (key.startsWith('event#')) this.#onEvent(value as EventRecord)
    else if (key.startsWith('subject#')) this.#onSubject(value as SubjectRecord)
  }

  #onEvent(record: EventRecord): void {
    const { id, state } = record
    const before = this.states.get(id)
    if (before === state) return
    this.states.set(id, state)
    if (before === undefined) this.#recordedAt.set(id, this.#clock.now)
    const [was, is] = [before === undefined || FINISHED.has(before), FINISHED.has(state)]
    if (was && !is) {
      this.unfinished += 1
      this.onUnfinished()
    }
    if (!was && is) {
      this.unfinished -= 1
      this.onFinished(this.#recordedAt.get(id) ?? 0)
    }
    if (!was && state === 'done') this.latenciesMs.push(this.#clock.now - (this.#recordedAt.get(id) ?? 0))
    if (state === 'parked') this.onParked(record)
  }

  #onSubject({ journal }: SubjectRecord): void {
    for (const entry of Object.values(journal))
      if (entry.state === 'bound' && !entry.adopted) this.bound.add(`${entry.resource}|${entry.id}`)
  }
}
