import type { IntegrationConfig } from '../config/config.ts'
import type { CrmClient } from '../crm/client.ts'
import type { Plan } from '../crm/plan.ts'
import type { Entity } from '../crm/prototypes/field.ts'
import type { CanonicalEvent, Story } from '../events/index.ts'
import type { PlanContext } from '../plans/index.ts'
import type { Source } from '../sources/source.ts'
import type { Log } from '../values/log.ts'
import type { Metrics } from '../values/metrics.ts'
import type { Notify } from '../values/notify.ts'
import type { Gate } from './gate.ts'
import type { Ledger } from './ledger.ts'
import type { CrmTimes } from './limits.ts'
import type { NaturalKeys } from './natural-keys.ts'
import type { RetryQueue } from './retry-queue.ts'
import type { Slots } from './slots.ts'

/** Everything the story of an event needs, put together once per process by runtime/assemble.ts. */
export type Pipe = {
  readonly config: IntegrationConfig
  readonly ledger: Ledger
  readonly naturalKeys: NaturalKeys
  readonly gate: Gate
  readonly slots: Slots
  /** When this ledger was begun, in its own time: what came before may be in the CRM without being in the ledger. */
  readonly ledgerBegan: () => Promise<number>
  readonly crm: CrmClient
  readonly times: CrmTimes
  readonly entities: (name: string) => Promise<Entity>
  readonly queue: RetryQueue
  /** A source by the name it has in the configuration. */
  readonly loadSource: (name: string) => Promise<Source>
  readonly plan: (kind: CanonicalEvent['kind'], story: Story, context: PlanContext) => Plan | Promise<Plan>
  /** Live secrets of a configured name, or an empty list. */
  readonly secret: (name: string) => Promise<readonly string[]>
  /** A keyed hash of what may be personal. */
  readonly hash: (text: string) => string
  readonly random: () => number
  /** Time that only goes forward, for what elapses within this process. In ms. */
  readonly monotonicMs: () => number
  readonly log: Log
  readonly metrics: Metrics
  /** Tells people, over the ways integration.config.ts has. */
  readonly notify: Notify
}
