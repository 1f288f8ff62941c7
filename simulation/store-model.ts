import { type Item, type Store, StoreUnavailableError, type Write } from '../lib/delivery/store/store.ts'
import type { Clock } from './clock.ts'
import { Heap } from './heap.ts'
import { callElsewhere, type Process, type Reply } from './process.ts'
import type { Random } from './random.ts'

type Kept = Write & { readonly version: number; readonly changedAt: number }
type DueEntry = { readonly wakeAt: number; readonly key: string; readonly version: number }

export type StoreRates = {
  /** The store says it cannot be reached: half of the times after it has done what it was asked. */
  readonly failure: number
}

const LATENCY_MS = { least: 2, most: 9 }
/** The due index follows the items after at most this long. */
const INDEX_LAG_MS = 250

/**
 * The store all processes share, with what DynamoDB promises: conditional writes, strongly consistent reads of an item, an
 * index of what is due that lags behind, one epoch.
 */
export class StoreModel {
  readonly #items = new Map<string, Kept>()
  readonly #due = new Heap<DueEntry>((one, other) =>
    one.wakeAt === other.wakeAt ? one.key < other.key : one.wakeAt < other.wakeAt,
  )
  readonly #clock: Clock
  readonly #random: Random
  readonly #rates: StoreRates
  /** Told of every write. */
  onWrite: (key: string, value: unknown) => void = () => undefined
  calls = 0

  constructor(clock: Clock, random: Random, rates: StoreRates) {
    this.#clock = clock
    this.#random = random
    this.#rates = rates
  }

  /** The store as one process sees it, with that process's clock. */
  for(process: Process): Store {
    const call = <T>(name: string, kind: string, effect: () => T) =>
      callElsewhere(
        process,
        this.#clock,
        process.coverage.place(name, kind),
        this.#random.between(LATENCY_MS.least, LATENCY_MS.most),
        () => this.#answer(effect),
      )
    return {
      epoch: 'shared',
      now: () => process.now(),
      get: (key) => call('store.get', kindOf(key), () => this.read(key)),
      putIfAbsent: (key, write) => call('store.put', kindOf(key), () => this.#put(key, write)),
      replace: (key, version, write) =>
        call('store.replace', kindOf(key), () => this.#replace(key, version, write)),
      expire: (key, expiresAt) => call('store.expire', kindOf(key), () => this.#expire(key, expiresAt)),
      listDue: (until, limit) => call('store.list-due', '', () => this.#listDue(until, limit)),
      scan: (prefix) => this.scan(prefix),
      close: async () => undefined,
    }
  }

  read(key: string): Item | undefined {
    const kept = this.#live(key)
    return kept && { key, ...kept }
  }

  async *scan(prefix: string): AsyncIterable<Item> {
    for (const key of this.#items.keys()) {
      const item = key.startsWith(prefix) ? this.read(key) : undefined
      if (item !== undefined) yield item
    }
  }

  #answer<T>(effect: () => T): Reply<T> {
    this.calls += 1
    const fails = this.#random.chance(this.#rates.failure)
    if (!fails) return { ok: effect() }
    if (this.#random.chance(0.5)) effect()
    return { error: new StoreUnavailableError('the simulated store does not answer') }
  }

  #live(key: string): Kept | undefined {
    const kept = this.#items.get(key)
    return kept?.expiresAt !== undefined && kept.expiresAt <= this.#clock.now ? undefined : kept
  }

  #put(key: string, write: Write): number | undefined {
    return this.#live(key) === undefined ? this.#set(key, write) : undefined
  }

  #replace(key: string, version: number, write: Write): number | undefined {
    return this.#live(key)?.version === version ? this.#set(key, write) : undefined
  }

  /** A key that expired goes on counting, so that no old claim can match its version. */
  #set(key: string, { value, wakeAt, expiresAt }: Write): number {
    const version = (this.#items.get(key)?.version ?? 0) + 1
    const index = { ...(wakeAt !== undefined && { wakeAt }), ...(expiresAt !== undefined && { expiresAt }) }
    this.#items.set(key, { value, version, changedAt: this.#clock.now, ...index })
    if (wakeAt !== undefined) this.#due.push({ wakeAt, key, version })
    this.onWrite(key, value)
    return version
  }

  #expire(key: string, expiresAt: number | undefined): void {
    const kept = this.#live(key)
    if (kept === undefined) return
    const { expiresAt: _, ...rest } = kept
    this.#items.set(key, expiresAt === undefined ? rest : { ...rest, expiresAt })
  }

  /** An entry of the index is seen a little after it was written and, having been replaced, a little too long. */
  #listDue(until: number, limit: number) {
    const seen: DueEntry[] = []
    const listed: DueEntry[] = []
    while (listed.length < limit && (this.#due.peek()?.wakeAt ?? Number.POSITIVE_INFINITY) <= until) {
      const entry = this.#due.pop() as DueEntry
      const kept = this.#live(entry.key)
      const isRecent = kept !== undefined && this.#clock.now - kept.changedAt < INDEX_LAG_MS
      const isCurrent = kept?.version === entry.version
      if (isCurrent || isRecent) seen.push(entry)
      if (isCurrent !== isRecent) listed.push(entry)
    }
    for (const entry of seen) this.#due.push(entry)
    return listed.map(({ key, wakeAt }) => ({ key, wakeAt }))
  }
}

const KINDS = ['event#', 'subject#', 'slot#', 'natural#', 'receipt#', 'tally#', 'gate']

function kindOf(key: string): string {
  return KINDS.find((kind) => key.startsWith(kind)) ?? 'other'
}
