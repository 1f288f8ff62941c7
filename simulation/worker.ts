import { defineConfig, type IntegrationConfig } from '../lib/config/config.ts'
import type { CrmClient } from '../lib/crm/client.ts'
import { Gate } from '../lib/delivery/gate.ts'
import { Ledger } from '../lib/delivery/ledger.ts'
import type { CrmTimes } from '../lib/delivery/limits.ts'
import { naturalKeys } from '../lib/delivery/natural-keys.ts'
import type { Pipe } from '../lib/delivery/pipe.ts'
import { Slots } from '../lib/delivery/slots.ts'
import type { Store } from '../lib/delivery/store/store.ts'
import { type Clock, EPOCH_MS } from './clock.ts'
import { crmClient } from './crm-client.ts'
import type { CrmModel } from './crm-model.ts'
import { entityOf } from './entities.ts'
import type { Process } from './process.ts'
import type { QueueModel } from './queue-model.ts'
import { hashOf, type Random } from './random.ts'
import { loadSource } from './sources.ts'
import type { StoreModel } from './store-model.ts'

const DAY_MS = 24 * 60 * 60_000

/** What all processes share. */
export type Surroundings = {
  readonly clock: Clock
  readonly store: StoreModel
  readonly queue: QueueModel
  readonly crm: CrmModel
  readonly random: Random
  readonly times: CrmTimes
  readonly slots: number
  /** Today's plans; a mapping may be mended while the system runs. */
  readonly plan: () => Pipe['plan']
  readonly plant: Plant
}

/** Wrong parts in place of right ones: a bug is planted from outside. */
export type Plant = {
  readonly store?: (store: Store) => Store
  readonly crm?: (crm: CrmClient) => CrmClient
}

export const CONFIG: IntegrationConfig = defineConfig({
  installation: 'storm',
  publicUrl: 'http://localhost',
  sources: {
    contact: { source: 'simulated-form' },
    desk: { source: 'simulated-form', case: { parties: 'after' } },
    shop: { source: 'simulated-shop' },
  },
  case: { source: 'Web', priority: 'Normal' },
  order: { stages: { open: 'Lead', paid: 'SaleAgreed', cancelled: 'DealLost' } },
})

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The real pipe of one process, over the simulated store, queue and CRM. */
export function pipeOf(process: Process, around: Surroundings): Pipe {
  const { clock, queue, random, times, plant } = around
  const store = (plant.store ?? same)(around.store.for(process))
  const crm = (plant.crm ?? same)(crmClient(around.crm, process))
  const monotonicMs = () => process.monotonicMs()
  const sleep = (ms: number) =>
    new Promise<void>((resolve) =>
      clock.after(ms, () => process.pass(process.coverage.point('sleep after'), resolve)),
    )
  return {
    config: CONFIG,
    ledger: new Ledger(store, CONFIG.retention),
    ledgerBegan: async () => EPOCH_MS - DAY_MS,
    naturalKeys: naturalKeys(store, 'a secret of the simulation', sleep),
    gate: new Gate({
      store,
      credentials: async () => 'the simulated user',
      random: random.next,
      monotonicMs,
    }),
    slots: new Slots({ store, count: around.slots, random: random.next, sleep }),
    crm,
    times,
    entities: entityOf,
    queue: queue.for(process),
    loadSource,
    plan: (kind, story, context) => around.plan()(kind, story, context),
    secret: async () => [],
    hash: (text) => hashOf(text).toString(36),
    random: random.next,
    monotonicMs,
    log: QUIET,
    metrics: { count: () => undefined },
    notify: async () => undefined,
  }
}

function same<T>(part: T): T {
  return part
}
