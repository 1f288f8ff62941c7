export type StatsSnapshot = {
  readonly requests: number
  /** Requests by `POST Cases`, `GET $prototypes`, … */
  readonly byMethodAndResource: Readonly<Record<string, number>>
  /** Of these the writes that took effect, whatever was answered. */
  readonly committed: Readonly<Record<string, number>>
  /** Requests being worked on now, and the most there ever were at once. */
  readonly concurrency: number
  readonly concurrencyHighWater: number
}

/** Counts what the emulator saw. */
export class Stats {
  #requests = 0
  #concurrency = 0
  #highWater = 0
  readonly #byMethodAndResource = new Map<string, number>()
  readonly #committed = new Map<string, number>()

  /** A request begins; call what is returned when it has ended. */
  begin(method: string, resource: string): () => void {
    this.#requests += 1
    addOne(this.#byMethodAndResource, method, resource)
    this.#concurrency += 1
    this.#highWater = Math.max(this.#highWater, this.#concurrency)
    return () => {
      this.#concurrency -= 1
    }
  }

  commit(method: string, resource: string): void {
    addOne(this.#committed, method, resource)
  }

  snapshot(): StatsSnapshot {
    return {
      requests: this.#requests,
      byMethodAndResource: Object.fromEntries(this.#byMethodAndResource),
      committed: Object.fromEntries(this.#committed),
      concurrency: this.#concurrency,
      concurrencyHighWater: this.#highWater,
    }
  }

  /** Starts counting anew; requests under way stay counted as such. */
  reset(): void {
    this.#requests = 0
    this.#byMethodAndResource.clear()
    this.#committed.clear()
    this.#highWater = this.#concurrency
  }
}

function addOne(counts: Map<string, number>, method: string, resource: string): void {
  const key = `${method} ${resource}`
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
