import type { IntegrationConfig } from '../config/config.ts'
import type { CrmClient } from '../crm/client.ts'
import type { Entity } from '../crm/prototypes/field.ts'
import type { Log } from '../values/log.ts'
import type { Ledger } from './ledger.ts'
import type { CrmTimes } from './limits.ts'
import type { NaturalKeys } from './natural-keys.ts'
import type { RetryQueue } from './retry-queue.ts'

/** Everything the story of an event needs, put together once per process by runtime/assemble.ts. */
export type Pipe = {
  readonly config: IntegrationConfig
  readonly ledger: Ledger
  readonly naturalKeys: NaturalKeys
  /** When this ledger was begun, in its own time: what came before may be in the CRM without being in the ledger. */
  readonly ledgerBegan: () => Promise<number>
  readonly crm: CrmClient
  readonly times: CrmTimes
  readonly entities: (name: string) => Promise<Entity>
  readonly queue: RetryQueue
  /** Live secrets of a configured name, or an empty list. */
  readonly secret: (name: string) => Promise<readonly string[]>
  readonly random: () => number
  readonly log: Log
}
