import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency'
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence'
import type { Store } from '../../lib/delivery/store/store.ts'

type Kept = ConstructorParameters<typeof IdempotencyRecord>[0]

/** The library's records in the simulated store, under the conditions its own DynamoDB layer writes them. */
export class StorePersistence extends BasePersistenceLayer {
  readonly #store: Store

  constructor(store: Store) {
    super()
    this.#store = store
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    const key = keyOf(record)
    const item = await this.#store.get(key)
    const kept = item?.value as Kept | null | undefined
    const mayBeTaken = kept === undefined || kept === null || hasRunOut(kept)
    const version = !mayBeTaken
      ? undefined
      : item === undefined
        ? await this.#store.putIfAbsent(key, { value: valueOfRecord(record) })
        : await this.#store.replace(key, item.version, { value: valueOfRecord(record) })
    if (version !== undefined) return
    const existing = kept ? new IdempotencyRecord(kept) : undefined
    throw new IdempotencyItemAlreadyExistsError('the key is taken', existing)
  }

  protected async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    const kept = (await this.#store.get(`idempotency#${idempotencyKey}`))?.value as Kept | null | undefined
    if (!kept) throw new IdempotencyItemNotFoundError()
    return new IdempotencyRecord(kept)
  }

  protected _updateRecord(record: IdempotencyRecord): Promise<void> {
    return this.#overwrite(keyOf(record), valueOfRecord(record))
  }

  protected _deleteRecord(record: IdempotencyRecord): Promise<void> {
    return this.#overwrite(keyOf(record), null)
  }

  /** An update of DynamoDB without a condition. */
  async #overwrite(key: string, value: Kept | null): Promise<void> {
    for (;;) {
      const item = await this.#store.get(key)
      const done =
        item === undefined
          ? await this.#store.putIfAbsent(key, { value })
          : await this.#store.replace(key, item.version, { value })
      if (done !== undefined) return
    }
  }
}

function keyOf({ idempotencyKey }: IdempotencyRecord): string {
  return `idempotency#${idempotencyKey}`
}

function valueOfRecord(record: IdempotencyRecord): Kept {
  const { idempotencyKey, expiryTimestamp, inProgressExpiryTimestamp, responseData } = record
  const status = record.getStatus()
  return {
    idempotencyKey,
    status,
    ...(expiryTimestamp !== undefined && { expiryTimestamp }),
    ...(inProgressExpiryTimestamp !== undefined && { inProgressExpiryTimestamp }),
    ...(responseData !== undefined && { responseData }),
  }
}

/** As in the condition of the library's own put. */
function hasRunOut({ status, expiryTimestamp = 0, inProgressExpiryTimestamp }: Kept): boolean {
  const now = Date.now()
  if (expiryTimestamp < now / 1_000) return true
  return status === 'INPROGRESS' && inProgressExpiryTimestamp !== undefined && inProgressExpiryTimestamp < now
}
