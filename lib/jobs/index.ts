import { auditLedger } from './audit-ledger.ts'
import type { Job } from './job.ts'
import { reconcileMarkers } from './reconcile-markers.ts'
import { sweepUnfinished } from './sweep-unfinished.ts'

/** Every job a schedule may name. */
export const jobs: Readonly<Record<string, Job>> = {
  'sweep-unfinished': sweepUnfinished,
  'audit-ledger': auditLedger,
  'reconcile-markers': reconcileMarkers,
}
