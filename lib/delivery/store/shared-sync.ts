/**
 * One wait for the disk, shared by all that wait for it. A sync covers what was written before it began and nothing
 * later, so who comes while one is under way waits for the next one, together with all others who come meanwhile.
 *
 * After a sync that failed every later one fails: the system may have dropped the pages it could not write and would
 * call the next sync of the same file a success (https://wiki.postgresql.org/wiki/Fsync_Errors).
 */
export class SharedSync {
  readonly #file: { sync(): Promise<void> }
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** @param file whose `sync` forces to the disk what has been written until now */
  constructor(file: { sync(): Promise<void> }) {
    this.#file = file
  }

  /**
   * Resolves when what has been written until now is on the disk.
   * @throws what `sync` threw, at this call and ever after
   */
  reached(): Promise<void> {
    if (this.#running === undefined) return this.#begin()
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  #begin(): Promise<void> {
    const running = this.#file.sync().then(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }
}
