export type StatsSnapshot = {
  readonly requests: number
  /** Requests by `POST Cases`, `GET $prototypes`, … */
  readonly byMethodAndResource: Readonly<Record<string, number>>
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

  /** A request begins; call what is returned when it has ended. */
  begin(method: string, resource: string): () => void {
    const key = `${method} ${resource}`
    this.#requests += 1
    this.#byMethodAndResource.set(key, (this.#byMethodAndResource.get(key) ?? 0) + 1)
    this.#concurrency += 1
    this.#highWater = Math.max(this.#highWater, this.#concurrency)
    return () => {
      this.#concurrency -= 1
    }
  }

  snapshot(): StatsSnapshot {
    return {
      requests: this.#requests,
      byMethodAndResource: Object.fromEntries(this.#byMethodAndResource),
      concurrency: this.#concurrency,
      concurrencyHighWater: this.#highWater,
    }
  }

  /** Starts counting anew; requests under way stay counted as such. */
  reset(): void {
    this.#requests = 0
    this.#byMethodAndResource.clear()
    this.#highWater = this.#concurrency
  }
}
