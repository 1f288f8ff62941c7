import { type FileHandle, open } from 'node:fs/promises'

/**
 * The write-ahead log of a SQLite database, opened beside SQLite to wait for the disk without stopping the event loop.
 * It is the same file for as long as a connection is open, and SQLite holds its locks on other files (`-shm` and the
 * database: https://www.sqlite.org/walformat.html), so closing this handle lets go of none of them.
 */
export class WalFile {
  readonly #path: string
  #handle: Promise<FileHandle> | undefined

  /** @param database path of the database file, whose first commit has been made before the first sync */
  constructor(database: string) {
    this.#path = `${database}-wal`
  }

  /** Forces to the disk what SQLite has committed until now. */
  async sync(): Promise<void> {
    // Windows flushes a file only for who may write it.
    this.#handle ??= open(this.#path, 'r+')
    const handle = await this.#handle
    await handle.datasync()
  }

  async close(): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined)
    await handle?.close()
  }
}
