import { FORMAT, SlotRecord } from './records.ts'
import type { Store } from './store/store.ts'

/**
 * The right to one delivery to the CRM. `free` gives it back and never throws: a slot nobody gives back is free again after
 * its lease.
 */
export type Slot = { free(): Promise<void> }

export type SlotOptions = {
  readonly store: Store
  /** How many deliveries may ask the CRM at the same time, over all functions. */
  readonly count: number
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** A full house is not looked through again for so long, by the same process. */
const FULL_FOR_MS = 250

type Known = { readonly index: number; readonly version: number }

/** Somebody of this process who waits for one of its slots. */
type Waiting = { readonly leaseMs: number; readonly take: (slot: Slot | undefined) => void }

/**
 * A fixed number of slots in front of the CRM, which is one server and not a cloud. Each is one item of the store; a
 * process first tries the slot it used last, which costs one write. A slot that this process gives back goes to whoever
 * of this process has waited for it the longest.
 */
export class Slots {
  readonly count: number
  readonly #options: SlotOptions
  #mine: Known[] = []
  #held = 0
  #line: Waiting[] = []
  #fullUntil = 0

  constructor(options: SlotOptions) {
    this.#options = options
    this.count = options.count
  }

  /**
   * undefined when all are taken. Throws StoreUnavailableError.
   * @param waitMs for so long one that this process holds is waited for
   */
  async take(leaseMs: number, waitMs = 0): Promise<Slot | undefined> {
    const slot = this.#line.length > 0 ? undefined : await this.#takeNow(leaseMs)
    return slot ?? (this.#held > 0 && waitMs > 0 ? this.#waitInLine(leaseMs, waitMs) : undefined)
  }

  #waitInLine(leaseMs: number, waitMs: number): Promise<Slot | undefined> {
    return new Promise((resolve) => {
      const waiting = { leaseMs, take: resolve }
      this.#line.push(waiting)
      void this.#options.sleep(waitMs).then(() => {
        if (!this.#line.includes(waiting)) return
        this.#line = this.#line.filter((one) => one !== waiting)
        resolve(undefined)
      })
    })
  }

  async #takeNow(leaseMs: number): Promise<Slot | undefined> {
    const known = this.#mine.pop()
    const taken = known && (await this.#replace(known, leaseMs))
    if (taken !== undefined) return this.#slot(taken)
    const { store, random } = this.#options
    if (store.now() < this.#fullUntil) return undefined
    const first = Math.floor(random() * this.count)
    for (let step = 0; step < this.count; step += 1) {
      const found = await this.#tryToTake((first + step) % this.count, leaseMs)
      if (found !== undefined) return this.#slot(found)
    }
    this.#fullUntil = store.now() + FULL_FOR_MS
    return undefined
  }

  /** How many are free now. Reads each of them; for the sweeper, not for each delivery. */
  async free(): Promise<number> {
    const { store } = this.#options
    const items = await Promise.all(Array.from({ length: this.count }, (_, index) => store.get(keyOf(index))))
    return items.filter((item) => item === undefined || !this.#isTaken(item.value)).length
  }

  async #tryToTake(index: number, leaseMs: number): Promise<Known | undefined> {
    const { store } = this.#options
    const item = await store.get(keyOf(index))
    if (item === undefined) {
      const version = await store.putIfAbsent(keyOf(index), this.#lease(leaseMs))
      return version === undefined ? undefined : { index, version }
    }
    return this.#isTaken(item.value) ? undefined : this.#replace({ index, version: item.version }, leaseMs)
  }

  async #replace({ index, version }: Known, leaseMs: number): Promise<Known | undefined> {
    const taken = await this.#options.store.replace(keyOf(index), version, this.#lease(leaseMs))
    return taken === undefined ? undefined : { index, version: taken }
  }

  #isTaken(value: unknown): boolean {
    const { epoch, until } = SlotRecord.parse(value)
    return epoch === this.#options.store.epoch && until > this.#options.store.now()
  }

  #lease(leaseMs: number) {
    const { store } = this.#options
    const until = leaseMs === 0 ? 0 : store.now() + leaseMs
    return { value: { format: FORMAT, epoch: store.epoch, until }, durability: 'volatile' as const }
  }

  #slot(taken: Known): Slot {
    this.#held += 1
    return { free: () => this.#free(taken) }
  }

  async #free(taken: Known): Promise<void> {
    const next = this.#line.shift()
    const known = await this.#replace(taken, next?.leaseMs ?? 0).catch(() => undefined)
    this.#held -= 1
    this.#fullUntil = 0
    if (next !== undefined) next.take(known && this.#slot(known))
    else if (known !== undefined) await this.#leave(known)
  }

  /** Somebody may have got in line while it was given back. */
  async #leave(known: Known): Promise<void> {
    this.#mine.push(known)
    const late = this.#line.shift()
    if (late !== undefined) late.take(await this.#takeNow(late.leaseMs).catch(() => undefined))
  }
}

/** How many slots are taken now. A dead process's count until their leases end: nobody but its successor knows of its end. */
export async function slotsTaken(store: Store): Promise<number> {
  let taken = 0
  for await (const { value } of store.scan(SLOT_PREFIX)) {
    if (SlotRecord.parse(value).until > store.now()) taken += 1
  }
  return taken
}

const SLOT_PREFIX = 'slot#'

function keyOf(index: number): string {
  return `${SLOT_PREFIX}${index}`
}
