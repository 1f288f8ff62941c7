/**
 * Where values go that are too large for an item of the store. A blob belongs to one write: its name is never used
 * again, so a put may be repeated, and whoever replaces the item removes it.
 */
export type Blobs = {
  /** @throws StoreUnavailableError */
  put(name: string, bytes: Buffer): Promise<void>
  /** Undefined when there is no such blob. @throws StoreUnavailableError */
  get(name: string): Promise<Buffer | undefined>
  /** Removes it if it is there. @throws StoreUnavailableError */
  delete(name: string): Promise<void>
  close(): void
}

const DAY_MS = 24 * 60 * 60_000

/**
 * Blobs of items that expire lie in one folder per lifetime, which is emptied by age: by the bucket's lifecycle rules
 * (serverless.yml), or on one machine by ourselves. They are named after their age in days: `32d/…`.
 */
export const LIFETIMES_IN_DAYS = [32, 128, 512, 2048] as const
/** Blobs of items that do not expire, and of those that do so later than any rule. */
const KEPT = 'kept'

/** The name of a blob that may be removed by age once `lifetimeMs` have passed; undefined: never. */
export function blobName(id: string, lifetimeMs: number | undefined): string {
  const days = LIFETIMES_IN_DAYS.find((limit) => lifetimeMs !== undefined && lifetimeMs <= limit * DAY_MS)
  return `${days === undefined ? KEPT : `${days}d`}/${id}`
}
