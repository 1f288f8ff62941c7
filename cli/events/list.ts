import type { EventRecord } from '../../lib/delivery/records.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { iso, printJson, printTable } from './print.ts'
import { progress } from './progress.ts'
import { type Selection, selected, withSelection } from './selection.ts'
import { type Common, countOf, type Word } from './word.ts'

type Options = Common & Selection & { readonly limit: number }

/** `events list`: the latest deliveries, newest first. */
export const listWord: Word = (events, environment) => {
  withSelection(withPlace(events.command('list')))
    .description('the latest deliveries, newest first')
    .option('--limit <n>', 'how many', countOf, 20)
    .option('--json', 'one JSON document a line', false)
    .action(async (options: Options) => {
      const newest = await withLedger(options, environment, ({ ledger }) => {
        const { tick, stop } = progress('reading the ledger:')
        return latest(selected(ledger, options, tick), options.limit).finally(stop)
      })
      if (options.json) for (const record of newest) printJson(record)
      else
        printTable(
          ['received', 'reference', 'state', 'retries', 'why / case', 'fingerprint'],
          newest.map(row),
        )
    })
}

/** The newest `limit`; never holds more than twice as many. */
async function latest(records: AsyncIterable<EventRecord>, limit: number): Promise<EventRecord[]> {
  const newest = (some: EventRecord[]) => some.toSorted((a, b) => b.receivedAt - a.receivedAt).slice(0, limit)
  let kept: EventRecord[] = []
  for await (const record of records) {
    kept.push(record)
    if (kept.length > 2 * limit) kept = newest(kept)
  }
  return newest(kept)
}

function row(record: EventRecord): string[] {
  const why = record.reason?.code ?? record.bindings?.['case']?.id ?? ''
  const { id, state, attempts, fingerprint = '' } = record
  return [iso(record.receivedAt), id, state, String(attempts), why, fingerprint]
}
