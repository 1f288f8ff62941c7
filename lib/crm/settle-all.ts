import { CrmBusyError, CrmError } from './errors.ts'
import type { Step } from './plan.ts'
import { PlanError } from './resolve.ts'

/**
 * Nothing can have been committed: the intent is void and the next try need not wait for a quarantine.
 * A create with children that was answered with an error may have left its parent behind.
 */
export function isDefinite(error: unknown, step?: Step): boolean {
  if (error instanceof PlanError) return true
  if (!(error instanceof CrmError) || error.committed === 'perhaps') return false
  const wasAnswered = error.status !== undefined && !(error instanceof CrmBusyError)
  return !(wasAnswered && step?.children !== undefined)
}

/** Waits for all, so that nothing goes on behind the caller's back; then throws the failure that matters most. */
export async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises)
  const failures = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  if (failures.length > 0) throw failures.find((one) => !isDefinite(one)) ?? failures[0]
  return results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}
