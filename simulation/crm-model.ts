import { CrmAmbiguousError, CrmBusyError, CrmUnreachableError } from '../lib/crm/errors.ts'
import { stockCatalogue } from './catalogue.ts'
import type { Clock } from './clock.ts'
import type { Extent } from './crm-children.ts'
import { type CrmRates, type Fate, Fates } from './crm-fate.ts'
import { CrmTables } from './crm-tables.ts'
import type { Process, Reply } from './process.ts'
import type { Random } from './random.ts'

export type CrmOptions = {
  readonly clock: Clock
  readonly seed: string
  readonly rates: CrmRates
  /** A client gives up after this long. */
  readonly requestTimeoutMs: number
  /** Nothing is committed later than this after it was sent. */
  readonly longestRequestMs: number
  readonly latencyMs: readonly [number, number]
  /** A unique index on the marker fields. */
  readonly uniqueIndex: boolean
  /** From when to when nobody answers. */
  readonly outages: readonly { readonly from: number; readonly to: number }[]
}

export type CrmRequest<T> = {
  /** `create Cases` */
  readonly name: string
  readonly about: string
  readonly mayBegin?: (() => boolean) | undefined
  /** What the CRM does with it, when it comes to it, and how much of that it commits. */
  readonly work: (extent: Extent) => Reply<T>
}

/** One CRM on one server, with every way to fail that a real one has. */
export class CrmModel {
  readonly tables = new CrmTables()
  readonly options: CrmOptions
  readonly #fates: Fates
  /** Requests by name. */
  readonly requests = new Map<string, number>()
  #underWay = 0
  highWater = 0
  /** Records made and changed. */
  writes = 0
  /** Records made that carry a marker. */
  markedWrites = 0
  /** Edits of people that a write already on its way went over. */
  overtakenEdits = 0
  readonly violations: string[] = []

  constructor(options: CrmOptions) {
    this.options = options
    this.#fates = new Fates(options.seed, options.rates)
    stockCatalogue(this.tables, options.clock.now)
  }

  request<T>(process: Process, request: CrmRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { coverage } = process
      process.pass(coverage.point(`crm.${request.name} before-send`), () => {
        if (request.mayBegin?.() === false) reject(new CrmUnreachableError('the send window has closed'))
        else this.#send(process, request, resolve, reject)
      })
    })
  }

  #send<T>(
    process: Process,
    request: CrmRequest<T>,
    resolve: (value: T) => void,
    reject: (e: unknown) => void,
  ) {
    const { clock, requestTimeoutMs } = this.options
    const sentAt = clock.now
    this.#begin(request.name)
    this.#serve(request, (reply) => {
      process.pass(process.coverage.point(`crm.${request.name} after-commit`), () => {
        const isLate = clock.now - sentAt >= requestTimeoutMs
        process.pass(process.coverage.point(`crm.${request.name} answer`), () => {
          if (isLate) reject(timedOut())
          else if ('ok' in reply) resolve(reply.ok)
          else reject(reply.error)
        })
      })
    })
  }

  #begin(name: string): void {
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1)
    this.#underWay += 1
    this.highWater = Math.max(this.highWater, this.#underWay)
  }

  #serve<T>({ name, about, work }: CrmRequest<T>, answer: (reply: Reply<T>) => void): void {
    const { clock, latencyMs, requestTimeoutMs, longestRequestMs } = this.options
    const { fate, random } = this.#fates.of(`${name}\n${about}`)
    if (this.#isAway()) this.#endAfter(1, () => answer(refused(random)))
    else if (fate === 'lateCommit' || fate === 'hang') {
      clock.after(requestTimeoutMs, () => answer({ error: timedOut() }))
      if (fate === 'hang') this.#endAfter(longestRequestMs, () => undefined)
      else this.#endAfter(random.between(requestTimeoutMs + 1, longestRequestMs), () => work('whole'))
    } else {
      this.#endAfter(random.between(...latencyMs), () => {
        const extent = fate === 'partialCommit' ? random.pick(PARTS) : 'whole'
        const done = BEFORE_COMMIT.has(fate) ? undefined : work(extent)
        answer(done !== undefined && fate === 'fine' ? done : { error: failureOf(fate, random) })
      })
    }
  }

  #endAfter(ms: number, end: () => void): void {
    this.options.clock.after(ms, () => {
      this.#underWay -= 1
      end()
    })
  }

  #isAway(): boolean {
    const { now } = this.options.clock
    return this.options.outages.some(({ from, to }) => from <= now && now < to)
  }
}

const PARTS: readonly Extent[] = ['parent', 'unlinked']
const BEFORE_COMMIT: ReadonlySet<Fate> = new Set(['error', 'busy', 'resetBeforeCommit', 'unreachable'])

function failureOf(fate: Fate, random: Random): Error {
  switch (fate) {
    case 'unreachable':
      return new CrmUnreachableError('connection refused')
    case 'busy': {
      const status = random.pick([429, 503])
      return new CrmBusyError(`answered ${status}`, { status, retryAfterMs: random.between(1, 20) * 1_000 })
    }
    case 'error':
    case 'errorAfterCommit':
      return new CrmAmbiguousError('answered 500', { status: 500 })
    default:
      return new CrmAmbiguousError('connection reset')
  }
}

function refused(random: Random): { error: Error } {
  return { error: failureOf(random.chance(0.8) ? 'unreachable' : 'busy', random) }
}

function timedOut(): Error {
  return new CrmAmbiguousError('no answer in time')
}
