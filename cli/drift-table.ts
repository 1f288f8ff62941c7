import Table from 'cli-table3'
import type { Impact } from '../lib/crm/prototypes/impact.ts'

/** Columns are at most so wide, except the first two: long lists are wrapped. */
const WIDTHS = [null, null, 34, 34, 30]

/** What has changed, and the paths in integration.config.ts whose mapping it breaks. */
export function driftTable(drift: readonly Impact[]): string {
  const table = new Table({
    head: ['field', 'change', 'was', 'is', 'breaks'],
    style: { head: [], border: [] },
    colWidths: WIDTHS,
    wordWrap: true,
  })
  for (const { entity, field, kind, was, is, breaks } of drift) {
    table.push([field === undefined ? entity : `${entity}.${field}`, kind, was, is, breaks.join('\n')])
  }
  const broken = drift.filter(({ breaks }) => breaks.length > 0).length
  return `${table.toString()}\n${drift.length} changes, ${broken} of them break what is configured`
}
