import { randomUUID } from 'node:crypto'
import type { StoreClock } from './clock-offset.ts'
import { type Attribute, type Attributes, type DynamoDb, numberOf, textOf } from './dynamodb-api.ts'
import {
  type Condition,
  IS_AT_VERSION,
  IS_FREE,
  IS_IN_BLOB,
  IS_NOT_SPILLED,
  LIVE,
} from './dynamodb-condition.ts'
import { expiryAttributes, isExpired, lifetimeOf, SHARDS, timeAttributes, timesOf } from './dynamodb-item.ts'
import { updateExpression } from './dynamodb-update.ts'
import { BlobGoneError, copied, discard, fromAttribute, spilledName, toAttribute } from './dynamodb-value.ts'
import type { Blobs } from './spill.ts'
import { type Item, type Store, StoreUnavailableError, type Write } from './store.ts'

export type DynamoDbStoreOptions = {
  readonly table: string
  readonly api: DynamoDb
  readonly blobs: Blobs
  readonly clock: Pick<StoreClock, 'now'>
}

/** One epoch for ever: machines share the table, so nobody knows that a lease's holder is dead. */
const SHARED_EPOCH = 'shared'
const DUE_INDEX = 'due'
/** How often a value is looked for whose blob was removed between two reads of its item. */
const MOST_READS = 3

/**
 * The store many machines share: one DynamoDB table (serverless.yml) that is written by conditional updates only.
 * Each write leaves a nonce, so that a write whose answer was lost is recognised as our own.
 */
export function openDynamoDbStore(options: DynamoDbStoreOptions): Store {
  return new DynamoDbStore(options)
}

class DynamoDbStore implements Store {
  readonly epoch = SHARED_EPOCH
  readonly now: () => number
  readonly #table: string
  readonly #api: DynamoDb
  readonly #blobs: Blobs

  constructor({ table, api, blobs, clock }: DynamoDbStoreOptions) {
    this.#table = table
    this.#api = api
    this.#blobs = blobs
    this.now = () => clock.now()
  }

  async get(key: string): Promise<Item | undefined> {
    for (let reads = 1; ; reads += 1) {
      const found = await this.#read(key)
      if (found === undefined || isExpired(found, this.now())) return undefined
      try {
        return await this.#toItem(found)
      } catch (cause) {
        if (!(cause instanceof BlobGoneError)) throw cause
        if (reads === MOST_READS) throw new StoreUnavailableError(`the value of ${key} is gone`, { cause })
      }
    }
  }

  putIfAbsent(key: string, write: Write): Promise<number | undefined> {
    return this.#write(key, write, IS_FREE, {})
  }

  replace(key: string, version: number, write: Write): Promise<number | undefined> {
    return this.#write(key, write, IS_AT_VERSION, { ':expected': { N: String(version) } })
  }

  /** A value that was spilled is moved to a blob of the new lifetime; any other is not even read. */
  async expire(key: string, expiresAt: number | undefined): Promise<void> {
    const map = { ':map': { S: 'M' } }
    const { output } = await this.#update(key, expiryAttributes(expiresAt), IS_NOT_SPILLED, map)
    if (output === undefined) await this.#expireSpilled(key, expiresAt)
  }

  async listDue(until: number, limit: number) {
    const shards = Array.from({ length: SHARDS }, (_, shard) => this.#dueIn(shard, until, limit))
    const due = (await Promise.all(shards)).flat()
    return due.toSorted((one, other) => one.wakeAt - other.wakeAt).slice(0, limit)
  }

  async *scan(prefix: string): AsyncIterable<Item> {
    const filter = prefix === '' ? LIVE : `begins_with(#pk, :prefix) AND ${LIVE}`
    const pages = this.#pages('Scan', {
      ConsistentRead: true,
      FilterExpression: filter,
      ExpressionAttributeNames: { '#expiresAt': 'expiresAt', ...(prefix !== '' && { '#pk': 'pk' }) },
      ExpressionAttributeValues: {
        ':now': this.#nowAttribute(),
        ...(prefix !== '' && { ':prefix': { S: prefix } }),
      },
    })
    for await (const found of pages) {
      const item = await this.#toItem(found).catch((error: unknown) => this.#readAgain(error, found))
      if (item !== undefined) yield item
    }
  }

  async close(): Promise<void> {
    this.#api.close()
    this.#blobs.close()
  }

  async #write(key: string, write: Write, condition: Condition, values: Attributes) {
    const nonce = randomUUID()
    const blob = { id: nonce, lifetimeMs: lifetimeOf(write.expiresAt, this.now()) }
    const value = await toAttribute(write.value, this.#blobs, blob)
    const attributes = { ...timeAttributes(key, write), value, nonce: { S: nonce } }
    const { output, unclear } = await this.#update(key, attributes, condition, values, 'count')
    if (output !== undefined) {
      await this.#discard(output.Attributes?.['value'])
      return (numberOf(output.Attributes?.['version']) ?? 0) + 1
    }
    const found = unclear ? await this.#read(key) : undefined
    if (textOf(found?.['nonce']) === nonce) return numberOf(found?.['version'])
    await this.#discard(value)
    return undefined
  }

  async #expireSpilled(key: string, expiresAt: number | undefined): Promise<void> {
    for (let tries = 1; tries <= MOST_READS; tries += 1) {
      const found = await this.#read(key)
      if (found === undefined || isExpired(found, this.now())) return
      const blob = { id: randomUUID(), lifetimeMs: lifetimeOf(expiresAt, this.now()) }
      const old = spilledName(found['value'])
      const value = old === undefined ? undefined : await copied(old, this.#blobs, blob)
      if (old === undefined || value === undefined) continue
      const attributes = { ...expiryAttributes(expiresAt), value }
      const { output, unclear } = await this.#update(key, attributes, IS_IN_BLOB, { ':blob': { S: old } })
      const now = output === undefined && unclear ? await this.#read(key) : undefined
      const isMoved = output !== undefined || spilledName(now?.['value']) === spilledName(value)
      await this.#discard(isMoved ? found['value'] : value)
      if (isMoved) return
    }
    throw new StoreUnavailableError(`the value of ${key} changes too often, or is gone`)
  }

  #update(
    key: string,
    attributes: Readonly<Record<string, Attribute | undefined>>,
    condition: Condition,
    values: Attributes,
    version: 'count' | 'keep' = 'keep',
  ) {
    return this.#api.call('UpdateItem', {
      TableName: this.#table,
      Key: { pk: { S: key } },
      ReturnValues: version === 'count' ? 'UPDATED_OLD' : 'NONE',
      ...updateExpression(attributes, version, condition, { ':now': this.#nowAttribute(), ...values }),
    })
  }

  /** A blob that cannot be removed now is left behind; the write it belonged to is decided. */
  async #discard(value: Attribute | undefined): Promise<void> {
    await discard(value, this.#blobs).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error
    })
  }

  async #read(key: string): Promise<Attributes | undefined> {
    const input = { TableName: this.#table, Key: { pk: { S: key } }, ConsistentRead: true }
    return (await this.#api.call('GetItem', input)).output?.Item
  }

  async #dueIn(shard: number, until: number, limit: number) {
    const due: { key: string; wakeAt: number }[] = []
    const pages = this.#pages('Query', {
      IndexName: DUE_INDEX,
      Limit: limit,
      KeyConditionExpression: '#shard = :shard AND #wakeAt <= :until',
      FilterExpression: LIVE,
      ExpressionAttributeNames: { '#shard': 'shard', '#wakeAt': 'wakeAt', '#expiresAt': 'expiresAt' },
      ExpressionAttributeValues: {
        ':shard': { N: String(shard) },
        ':until': { N: String(until) },
        ':now': this.#nowAttribute(),
      },
    })
    for await (const found of pages) {
      due.push({ key: textOf(found['pk']) ?? '', wakeAt: numberOf(found['wakeAt']) ?? until })
      if (due.length === limit) break
    }
    return due
  }

  async *#pages(operation: 'Query' | 'Scan', input: object): AsyncIterable<Attributes> {
    let start: Attributes | undefined
    do {
      const page = { TableName: this.#table, ...input, ...(start && { ExclusiveStartKey: start }) }
      const { output } = await this.#api.call(operation, page)
      yield* output?.Items ?? []
      start = output?.LastEvaluatedKey
    } while (start !== undefined)
  }

  #readAgain(error: unknown, found: Attributes): Promise<Item | undefined> {
    if (!(error instanceof BlobGoneError)) throw error
    return this.get(textOf(found['pk']) ?? '')
  }

  #nowAttribute(): Attribute {
    return { N: String(this.now()) }
  }

  async #toItem(found: Attributes): Promise<Item> {
    return {
      key: textOf(found['pk']) ?? '',
      version: numberOf(found['version']) ?? 0,
      value: await fromAttribute(found['value'], this.#blobs),
      ...timesOf(found),
    }
  }
}
