import { createHash } from 'node:crypto'
import { type Attributes, numberOf } from './dynamodb-api.ts'
import { KEEP_EXPIRED_MS, type Write } from './store.ts'

/** The due index is spread over this many partitions of DynamoDB; items keep the shard they were written with. */
export const SHARDS = 8

type Times = Pick<Write, 'wakeAt' | 'expiresAt'>

/** Whatever is undefined is taken off the item: an item without `shard` and `wakeAt` is not in the index. */
export function timeAttributes(key: string, { wakeAt, expiresAt }: Times) {
  return {
    wakeAt: wakeAt === undefined ? undefined : { N: String(wakeAt) },
    shard: wakeAt === undefined ? undefined : { N: String(shardOf(key)) },
    ...expiryAttributes(expiresAt),
  }
}

/** `ttl` is what DynamoDB goes by, in seconds. */
export function expiryAttributes(expiresAt: number | undefined) {
  if (expiresAt === undefined) return { expiresAt: undefined, ttl: undefined }
  const ttlS = Math.ceil((expiresAt + KEEP_EXPIRED_MS) / 1000)
  return { expiresAt: { N: String(expiresAt) }, ttl: { N: String(ttlS) } }
}

export function timesOf(found: Attributes): Times {
  const [wakeAt, expiresAt] = [numberOf(found['wakeAt']), numberOf(found['expiresAt'])]
  return { ...(wakeAt !== undefined && { wakeAt }), ...(expiresAt !== undefined && { expiresAt }) }
}

/** DynamoDB deletes late, up to days after the time to live: whoever reads must look. */
export function isExpired(found: Attributes, now: number): boolean {
  const { expiresAt } = timesOf(found)
  return expiresAt !== undefined && expiresAt <= now
}

/** For how long from `now` a blob must be there; undefined: for ever. */
export function lifetimeOf(expiresAt: number | undefined, now: number): number | undefined {
  return expiresAt === undefined ? undefined : expiresAt + KEEP_EXPIRED_MS - now
}

function shardOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE() % SHARDS
}
