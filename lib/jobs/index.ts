import { auditLedger } from './audit-ledger.ts'
import { checkPrototypes } from './check-prototypes.ts'
import { digest } from './digest.ts'
import type { Job } from './job.ts'
import { reconcileMarkers } from './reconcile-markers.ts'
import { reconcileOrders } from './reconcile-orders.ts'
import { sweepUnfinished } from './sweep-unfinished.ts'
import { watchSilence } from './watch-silence.ts'

/** Every job a schedule may name. */
export const jobs: Readonly<Record<string, Job>> = {
  'audit-ledger': auditLedger,
  'check-prototypes': checkPrototypes,
  digest,
  'reconcile-markers': reconcileMarkers,
  'reconcile-orders': reconcileOrders,
  'sweep-unfinished': sweepUnfinished,
  'watch-silence': watchSilence,
}
