import type { EventRecord } from '../lib/delivery/records.ts'
import { planFor } from '../lib/plans/index.ts'
import { Clock, EPOCH_MS } from './clock.ts'
import { type CrmRates, NO_FAULTS } from './crm-fate.ts'
import { CrmModel, type CrmOptions } from './crm-model.ts'
import { Functions } from './functions.ts'
import { People, type PeopleRates } from './people.ts'
import { Coverage } from './points.ts'
import { QueueModel, type QueueRates } from './queue-model.ts'
import { randomOf } from './random.ts'
import type { Rival } from './rivals/rival.ts'
import { RivalFunctions } from './rivals/rival-functions.ts'
import { StoreModel } from './store-model.ts'
import { Tracker } from './tracker.ts'
import type { Plant, Surroundings } from './worker.ts'
import type { Happening } from './workload.ts'

export type WorldOptions = {
  readonly seed: string
  readonly crm: CrmRates
  readonly store: { readonly failure: number }
  readonly queue: QueueRates
  readonly people: PeopleRates & { readonly redrives: number }
  /** Chances at each point a process passes. */
  readonly kill: number
  readonly pause: number
  /** The share of processes whose clock that only goes forward stands still when they do. */
  readonly clockStops: number
  /** How far the clocks of two processes may differ. */
  readonly skewMs: number
  readonly slots: number
  readonly retries: number
  readonly latencyMs: CrmOptions['latencyMs']
  readonly uniqueIndex: boolean
  readonly outages: CrmOptions['outages']
  readonly plan: Surroundings['plan']
  readonly plant: Plant
  /** Whether people redrive what is parked and no poison. */
  readonly operator: () => boolean
}

const REQUEST_TIMEOUT_MS = 10_000
const SEND_WINDOW_MS = 5_000
/** Longer than this the simulated CRM never works on anything. */
const LONGEST_REQUEST_MS = 60_000
const LONGEST_RUN_MS = 30 * 24 * 60 * 60_000
const OPERATOR_COMES_AFTER_MS = 15 * 60_000
/** People work while most events come in, and go on for a while. */
const BUSY_SHARE = 0.9
const PEOPLE_STAY_MS = 10 * 60_000

export const CALM: Omit<WorldOptions, 'seed'> = {
  crm: NO_FAULTS,
  store: { failure: 0 },
  // As in serverless.yml.
  queue: { failure: 0, twice: 0, visibilityMs: 360_000, maxReceives: 5 },
  people: { edits: 0, deletions: 0, redrives: 0 },
  kill: 0,
  pause: 0,
  clockStops: 0,
  skewMs: 0,
  slots: 24,
  retries: 8,
  latencyMs: [20, 150],
  uniqueIndex: false,
  outages: [],
  plan: () => planFor,
  plant: {},
  operator: () => true,
}

/** The whole system and what surrounds it, in virtual time. */
export class World {
  readonly clock = new Clock()
  readonly coverage = new Coverage()
  readonly tracker: Tracker
  readonly store: StoreModel
  readonly queue: QueueModel
  readonly crm: CrmModel
  readonly functions: Functions
  readonly options: WorldOptions
  /** By the ids the pipe gives them. */
  readonly happened = new Map<string, Happening>()
  /** The ids of events whose sender was told that they are stored. */
  readonly accepted = new Set<string>()
  /** Parked although nothing is wrong with them, and redriven by people. */
  readonly unlucky = new Set<string>()
  readonly violations: string[] = []
  readonly #post: Functions['post']
  #posting = 0

  constructor(options: WorldOptions, rival?: Rival) {
    this.options = options
    const { clock, coverage } = this
    const random = (name: string) => randomOf(options.seed, name)
    this.tracker = new Tracker(clock)
    this.store = new StoreModel(clock, random('store'), options.store)
    this.store.onWrite = (key, value) => this.tracker.onWrite(key, value)
    this.queue = new QueueModel(clock, random('queue'), options.queue)
    const { seed, latencyMs, uniqueIndex, outages, crm: rates } = options
    const requestTimeoutMs = REQUEST_TIMEOUT_MS
    const limits = { requestTimeoutMs, longestRequestMs: LONGEST_REQUEST_MS }
    this.crm = new CrmModel({ clock, seed, rates, latencyMs, uniqueIndex, outages, ...limits })
    const lives = { clock, coverage, random: random('lives'), ...options }
    const around = this.#surroundings()
    this.functions = new Functions(lives, around, options)
    this.#post = postOf(
      rival === undefined ? this.functions : new RivalFunctions(rival, lives, around, options.skewMs),
    )
    this.tracker.onUnfinished = () => this.functions.sweep(() => this.#isQuiet())
    this.tracker.onParked = (record) => this.#operate(record)
  }

  #surroundings(): Surroundings {
    const { clock, store, queue, crm, options } = this
    const { slots, plan, plant, seed, skewMs } = options
    // The quarantine is raised by as much as clocks may differ.
    const longestRequestMs = LONGEST_REQUEST_MS + skewMs
    const times = { requestTimeoutMs: REQUEST_TIMEOUT_MS, sendWindowMs: SEND_WINDOW_MS, longestRequestMs }
    return { clock, store, queue, crm, random: randomOf(seed, 'processes'), times, slots, plan, plant }
  }

  /** All happens, and all that comes of it. */
  async run(all: readonly Happening[]): Promise<void> {
    this.begin(all)
    await this.settle()
  }

  begin(all: readonly Happening[]): void {
    for (const happening of all) {
      this.happened.set(`${happening.instance}:${happening.body.id}`, happening)
      for (const at of happening.posts) this.#postAt(EPOCH_MS + at, happening)
    }
    const lengthMs = (all[Math.floor(all.length * BUSY_SHARE)]?.posts[0] ?? 0) + PEOPLE_STAY_MS
    const { seed, people } = this.options
    new People(this.crm, this.tracker, randomOf(seed, 'people'), this.clock).work(
      all.length,
      people,
      lengthMs,
    )
    this.#redriveSome(all.length * people.redrives, lengthMs)
  }

  /** People have done events delivered once more, as after a change of the mapping. */
  #redriveSome(count: number, lengthMs: number): void {
    const random = randomOf(this.options.seed, 'redrives')
    for (let index = 0; index < count; index += 1)
      this.clock.after(random.between(0, lengthMs), () => {
        const done = [...this.tracker.states].filter(([, state]) => state === 'done')
        if (done.length > 0) this.functions.redrive(random.pick(done)[0])
      })
  }

  /** Until nothing is unfinished, and then until everybody who stood still has come to an end as well. */
  async settle(): Promise<void> {
    await this.clock.run(() => this.#isTooLong)
  }

  #isQuiet(): boolean {
    return this.#posting === 0 && this.tracker.unfinished === 0
  }

  get #isTooLong(): boolean {
    return this.clock.now - EPOCH_MS > LONGEST_RUN_MS
  }

  #postAt(instant: number, happening: Happening): void {
    this.#posting += 1
    this.clock.at(instant, () =>
      this.#post(happening, (id) => {
        this.accepted.add(id)
        this.#posting -= 1
      }),
    )
  }

  /** An event that met the same error three times in a row by chance is parked like poison; people redrive it. */
  #operate({ id, reason }: EventRecord): void {
    if (!this.options.operator() || this.happened.get(id)?.poison !== undefined) return
    if (reason?.code !== 'crm-failing')
      this.violations.push(`${id} was parked: ${reason?.code} ${reason?.message}`)
    this.unlucky.add(id)
    this.clock.after(OPERATOR_COMES_AFTER_MS, () => this.functions.redrive(id))
  }
}

function postOf(functions: Pick<Functions, 'post'>): Functions['post'] {
  return (happening, accepted) => functions.post(happening, accepted)
}
