import type { Became } from './bring-about.ts'
import type { RunReport } from './run-record.ts'

type Page = { readonly scanned: number; readonly matched: number; readonly pages: number }

/** A report with what became of one more page's records. */
export function counted(report: RunReport, page: Page, became: readonly Became[]): RunReport {
  const skipped = { ...report.skipped }
  for (const one of became) if (one.is === 'skipped') skipped[one.why] = (skipped[one.why] ?? 0) + 1
  const count = (is: Became['is']) => became.filter((one) => one.is === is).length
  return {
    scanned: report.scanned + page.scanned,
    matched: report.matched + page.matched,
    changed: report.changed + count('changed'),
    waiting: report.waiting + count('waiting'),
    failed: report.failed + count('failed'),
    skipped,
    pages: report.pages + page.pages,
  }
}
