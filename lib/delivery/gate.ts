import { FORMAT, GateRecord, OPEN_GATE } from './records.ts'
import type { Item, Store } from './store/store.ts'
import { updateItem } from './store/update.ts'

/** Whether a delivery may ask the CRM for anything now. */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly code: Refusal; readonly until: number }
export type Refusal = 'crm-unavailable' | 'crm-credentials' | 'paused'

/** What everybody may know about the gate. */
export type GateState = Pick<GateRecord, 'breaker' | 'paused' | 'lastSuccessAt'>

export type GateOptions = {
  readonly store: Store
  /**
   * The name of today's user and password, asked for while the gate is locked: another one than was refused opens it.
   */
  readonly credentials: () => Promise<string>
  readonly random: () => number
  readonly monotonicMs: () => number
}

const KEY = 'gate'
/** A state this old is read again. */
const CACHED_MS = 1_000
/** Failures in a row, in one process, that are no event's own. */
const FAILURES_TO_OPEN = 3
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const LOOK_AGAIN_MS = 60_000
const SUCCESS_IS_NEWS_AFTER_MS = 30_000

/**
 * One gate before the CRM for all functions: a breaker that opens when the CRM fails and lets one probe through at a time, a
 * lock after a refused password (wrong passwords lock the account, so there is no probe), and people's pause.
 */
export class Gate {
  readonly #options: GateOptions
  #cached: { readonly record: GateRecord; readonly readAt: number } | undefined
  #failures = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Throws StoreUnavailableError, as all methods do. */
  async admit(instance: string): Promise<Admission> {
    const { breaker, paused } = await this.state()
    const now = this.#options.store.now()
    if (paused.all || paused.instances.includes(instance)) return refused('paused', now + LOOK_AGAIN_MS)
    if (breaker.state === 'closed') return { admitted: true }
    if (breaker.state === 'locked') {
      if (breaker.credentials === (await this.#options.credentials())) return refused('crm-credentials', now)
      await this.#change((record) => ({ ...record, breaker: { state: 'closed' } }))
      return { admitted: true }
    }
    if (now < breaker.probeAt) return refused('crm-unavailable', breaker.probeAt)
    return this.#probe(breaker.probeAt)
  }

  /** Of all who find the probe due one is let through. */
  async #probe(seen: number): Promise<Admission> {
    let isOurs = false
    const record = await this.#change((current) => {
      const { breaker } = current
      if (breaker.state !== 'open') return undefined
      isOurs = breaker.probeAt === seen
      return isOurs ? { ...current, breaker: this.#nextProbe(breaker) } : undefined
    })
    if (isOurs || record.breaker.state === 'closed') return { admitted: true }
    const until = record.breaker.state === 'open' ? record.breaker.probeAt : this.#options.store.now()
    return refused('crm-unavailable', until)
  }

  /** The CRM answered: it is there, whatever it said about this event. Returns whether this opened the gate. */
  async succeeded(): Promise<boolean> {
    this.#failures = 0
    const { breaker, lastSuccessAt } = await this.state()
    const now = this.#options.store.now()
    if (breaker.state === 'closed' && now - lastSuccessAt < SUCCESS_IS_NEWS_AFTER_MS) return false
    let hasOpened = false
    await this.#change((record) => {
      const isLocked = record.breaker.state === 'locked'
      hasOpened = record.breaker.state === 'open'
      return {
        ...record,
        breaker: isLocked ? record.breaker : { state: 'closed' },
        lastSuccessAt: Math.max(now, record.lastSuccessAt),
      }
    })
    return hasOpened
  }

  /**
   * The CRM did some of what it was asked and then failed: it is not away, but that is no success either. Returns whether
   * this opened the gate.
   */
  async answered(): Promise<boolean> {
    this.#failures = 0
    const { breaker } = await this.state()
    if (breaker.state !== 'open') return false
    let hasOpened = false
    await this.#change((record) => {
      hasOpened = record.breaker.state === 'open'
      return hasOpened ? { ...record, breaker: { state: 'closed' } } : undefined
    })
    return hasOpened
  }

  /**
   * The CRM could not be reached, turned us away, or gave no proper answer. Returns whether this opened the breaker.
   */
  async failed(): Promise<boolean> {
    this.#failures += 1
    if (this.#failures < FAILURES_TO_OPEN) return false
    let hasOpened = false
    await this.#change(({ breaker, ...record }) => {
      hasOpened = breaker.state === 'closed'
      if (breaker.state !== 'closed') return undefined
      const since = this.#options.store.now()
      const opened = { state: 'open', since, probeAt: since, waitMs: FIRST_WAIT_MS / 2 } as const
      return { ...record, breaker: this.#nextProbe(opened) }
    })
    return hasOpened
  }

  /**
   * The CRM refused our user and password: nothing is sent until they change or people open the gate.
   * @param refused the name of what was refused; today's unless told
   */
  async lock(refused?: string): Promise<void> {
    const { store } = this.#options
    const credentials = refused ?? (await this.#options.credentials())
    await this.#change((record) =>
      record.breaker.state === 'locked' && record.breaker.credentials === credentials
        ? undefined
        : { ...record, breaker: { state: 'locked', since: store.now(), credentials } },
    )
  }

  /** From now on nothing (of an instance) is written to the CRM; deliveries are stored and answered. */
  async pause(instance?: string): Promise<void> {
    await this.#change((record) => {
      const { all, instances } = record.paused
      const paused =
        instance === undefined
          ? { all: true, instances }
          : { all, instances: [...new Set([...instances, instance])] }
      return { ...record, paused }
    })
  }

  /** Ends a pause; without an instance every pause, and the lock after a refused password. */
  async resume(instance?: string): Promise<void> {
    await this.#change((record) => {
      if (instance === undefined) return { ...record, breaker: { state: 'closed' }, paused: OPEN_GATE.paused }
      const instances = record.paused.instances.filter((one) => one !== instance)
      return { ...record, paused: { ...record.paused, instances } }
    })
  }

  /** As it was at most a second ago. */
  async state(): Promise<GateState> {
    const { store, monotonicMs } = this.#options
    if (this.#cached !== undefined && monotonicMs() - this.#cached.readAt < CACHED_MS)
      return this.#cached.record
    return this.#remember(toRecord(await store.get(KEY)))
  }

  #nextProbe({ since, waitMs }: { since: number; waitMs: number }): GateRecord['breaker'] {
    const doubled = Math.min(LONGEST_WAIT_MS, waitMs * 2)
    const jittered = doubled * (0.5 + this.#options.random() / 2)
    return { state: 'open', since, waitMs: doubled, probeAt: this.#options.store.now() + Math.ceil(jittered) }
  }

  async #change(change: (record: GateRecord) => GateRecord | undefined): Promise<GateRecord> {
    const { store } = this.#options
    const item = await updateItem(store, KEY, (current) => {
      const changed = change(toRecord(current))
      return changed && { value: changed }
    })
    return this.#remember(toRecord(item))
  }

  #remember(record: GateRecord): GateRecord {
    this.#cached = { record, readAt: this.#options.monotonicMs() }
    return record
  }
}

function refused(code: Refusal, until: number): Admission {
  return { admitted: false, code, until }
}

function toRecord(item: Pick<Item, 'value'> | undefined): GateRecord {
  return item === undefined ? { ...OPEN_GATE, format: FORMAT } : GateRecord.parse(item.value)
}
