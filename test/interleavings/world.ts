import type { Scheduler } from 'fast-check'
import { randomNumbers } from '../../emulator/random.ts'
import { defineConfig } from '../../lib/config/config.ts'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { loadEntity } from '../../lib/crm/prototypes/snapshot.ts'
import { deliver } from '../../lib/delivery/deliver.ts'
import { Gate } from '../../lib/delivery/gate.ts'
import { Ledger, type NewEvent } from '../../lib/delivery/ledger.ts'
import { naturalKeys } from '../../lib/delivery/natural-keys.ts'
import type { Outcome } from '../../lib/delivery/outcome.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { Slots } from '../../lib/delivery/slots.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { type CrmModel, type Fault, modelClient } from './crm-model.ts'
import { letterSource, planLetter } from './letters.ts'
import { memoryStore } from './memory-store.ts'
import { type Book, observedStore, type Step } from './observed-store.ts'

export const SLOTS = 2
const INVOCATION_MS = 10_000
const HOUR_MS = 60 * 60_000
const TIMES = { requestTimeoutMs: 1_000, longestRequestMs: 2_000, sendWindowMs: 500 }
const BEGAN = Date.UTC(2026, 10, 24, 2, 30)
/** A sleeping worker is not woken to the millisecond. */
const SLEEP_AT_LEAST_MS = 400
/** Little time passes mostly; now and then a lease or a quarantine ends, or a worker has been away for long. */
const JUMPS_MS = [1, 300, 700, 700, 1_500, 1_500, 4_000, 16_000, 70_000]
const FAULTS: readonly Fault[] = ['busy', 'lost', 'answer-lost', 'late']
const SHARE_OF_FAULTS = 0.3
/** So many steps of others may come before a late commit. */
const LONGEST_LINGERING = 30

const CONFIG = defineConfig({
  installation: 'interleavings',
  publicUrl: 'http://localhost',
  sources: { letters: { source: 'letter' } },
})

export type Worker = {
  readonly pipe: Pipe
  readonly store: Store
  /** Delivers an event as one invocation of a function does. */
  deliver(eventId: string): Promise<Outcome>
}

/** Another store, or another part of the workers' pipe, than the right one. */
export type Planted = {
  readonly store?: (now: () => number) => Store
  readonly change?: Partial<Pipe>
}

/** One ledger, one CRM and one clock; workers whose every step waits for the scheduler. */
export class World {
  readonly random: () => number
  readonly book: Book = { calls: [], turn: 0 }
  readonly crm: CrmModel
  readonly store: Store
  readonly #scheduler: Scheduler
  readonly #change: Partial<Pipe>
  #now = BEGAN
  #isOrderly = false

  /** @param seed decides about faults, deaths and time; the scheduler decides about the order */
  constructor(scheduler: Scheduler, seed: number, { store = memoryStore, change = {} }: Planted = {}) {
    this.#scheduler = scheduler
    this.#change = change
    this.random = randomNumbers(seed)
    this.store = store(this.now)
    const draw = () => this.#draw()
    const step = (label: string) => this.#step(label)
    const linger = async (label: string) => {
      for (let left = this.random() * LONGEST_LINGERING; left > 0; left -= 1) await step(label)
    }
    this.crm = { records: [], arrivals: [], late: [], step, linger, now: this.now, times: TIMES, draw }
  }

  readonly now = () => this.#now

  advance(ms: number): void {
    this.#now += ms
  }

  /** Somebody has recorded an event before the others come. */
  async record(event: NewEvent): Promise<void> {
    const store = observedStore(this.store, this.book, async () => undefined)
    await new Ledger(store, { payloadDays: 30 }).record(event, [])
  }

  /** A worker whose process lives on until everybody is done. */
  worker(name: string): Worker {
    return this.#worker((label) => this.#step(`${name}: ${label}`))
  }

  /** A process that may die at any step: nothing of it happens after that. */
  async mortal<T>(name: string, life: (worker: Worker) => Promise<T>): Promise<T | 'dead'> {
    let stepsToLive = this.random() < 0.5 ? Number.POSITIVE_INFINITY : Math.floor(this.random() * 40)
    const { promise: death, resolve: die } = Promise.withResolvers<'dead'>()
    const step = async (label: string) => {
      stepsToLive -= 1
      if (stepsToLive < 0) {
        die('dead')
        await new Promise<never>(() => undefined)
      }
      await this.#step(`${name}: ${label}`)
    }
    return Promise.race([death, life(this.#worker(step))])
  }

  /** Time that passes in between, in steps that the scheduler chooses. */
  async clock(ticks = 8): Promise<void> {
    for (let tick = 0; tick < ticks; tick += 1) {
      await this.#step('time passes')
      this.#now += JUMPS_MS[Math.floor(this.random() * JUMPS_MS.length)] ?? 0
    }
  }

  /** Runs all of it in an order of the scheduler's, late commits included. */
  async interleave(...actors: readonly Promise<unknown>[]): Promise<void> {
    await this.#scheduler.waitFor(Promise.all(actors))
    const { late } = this.crm
    while (late.length > 0) await this.#scheduler.waitFor(Promise.all(late.splice(0)))
  }

  /** From here on one thing happens after another and nothing fails. */
  async settle(eventIds: readonly string[]): Promise<void> {
    this.#isOrderly = true
    const worker = this.worker('the last')
    for (let round = 0; round < 12; round += 1) {
      const outcomes: Outcome[] = []
      for (const id of eventIds) {
        this.#now += 2 * 60_000
        outcomes.push(await worker.deliver(id))
      }
      if (outcomes.every(({ kind }) => kind !== 'retry-later')) return
    }
    throw new Error('an event is not finished after 12 more tries')
  }

  #draw(): Fault {
    if (this.#isOrderly || this.random() >= SHARE_OF_FAULTS) return 'none'
    return FAULTS[Math.floor(this.random() * FAULTS.length)] ?? 'none'
  }

  async #step(label: string): Promise<void> {
    if (!this.#isOrderly) await this.#scheduler.schedule(Promise.resolve(), label)
  }

  #worker(step: Step): Worker {
    const store = observedStore(this.store, this.book, step)
    const pipe = this.#pipe(store, step)
    return {
      pipe,
      store,
      deliver: (eventId) => {
        const end = this.#now + INVOCATION_MS
        return deliver(eventId, pipe, { remainingMs: () => end - this.#now })
      },
    }
  }

  #pipe(store: Store, step: Step): Pipe {
    const { random, now } = this
    const sleep = async (ms: number) => {
      await step('sleeps')
      this.#now += Math.max(ms, SLEEP_AT_LEAST_MS)
    }
    const quiet = () => undefined
    return {
      config: CONFIG,
      ledger: new Ledger(store, { payloadDays: 30 }),
      naturalKeys: naturalKeys(store, 'a secret of the tests', sleep),
      gate: new Gate({ store, credentials: async () => 'the user', random, monotonicMs: now }),
      slots: new Slots({ store, count: SLOTS, random, sleep }),
      ledgerBegan: async () => BEGAN - 2 * HOUR_MS,
      crm: modelClient(this.crm, step),
      times: TIMES,
      entities: entityNamed,
      queue: { send: async () => undefined, sendRun: async () => undefined },
      loadSource: async () => letterSource,
      plan: (_kind, story) => planLetter(story),
      secret: async () => [],
      hash: (text) => text,
      random,
      monotonicMs: now,
      metrics: { count: quiet },
      notify: async () => undefined,
      log: { info: quiet, warn: quiet, error: quiet },
      ...this.#change,
    }
  }
}

const entities = new Map<string, Promise<Entity>>()

function entityNamed(name: string): Promise<Entity> {
  const loading = entities.get(name) ?? loadEntity(name)
  entities.set(name, loading)
  return loading
}
