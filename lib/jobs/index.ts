import { auditLedger } from './audit-ledger.ts'
import { checkPrototypes } from './check-prototypes.ts'
import type { Job } from './job.ts'
import { reconcileMarkers } from './reconcile-markers.ts'
import { sweepUnfinished } from './sweep-unfinished.ts'

/** Every job a schedule may name. */
export const jobs: Readonly<Record<string, Job>> = {
  'audit-ledger': auditLedger,
  'check-prototypes': checkPrototypes,
  'reconcile-markers': reconcileMarkers,
  'sweep-unfinished': sweepUnfinished,
}
