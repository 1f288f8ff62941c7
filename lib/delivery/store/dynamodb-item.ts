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
    expiresAt: expiresAt === undefined ? undefined : { N: String(expiresAt) },
    ttl: expiresAt === undefined ? undefined : { N: String(Math.ceil(deletionOf(expiresAt) / 1000)) },
  }
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

/** When an item may be deleted for good, and its blob with it. */
export function deletionOf(expiresAt: number): number {
  return expiresAt + KEEP_EXPIRED_MS
}

function shardOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE() % SHARDS
}
