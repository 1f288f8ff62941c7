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
      else print(newest)
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

function print(records: readonly EventRecord[]): void {
  const head = ['received', 'reference', 'state', 'retries', 'why / case']
  const isAnyParked = records.some(({ fingerprint }) => fingerprint !== undefined)
  printTable(isAnyParked ? [...head, 'fingerprint'] : head, records.map(row))
}

function row(record: EventRecord): string[] {
  const { id, state, attempts, reason, bindings, fingerprint } = record
  const why = reason?.code ?? bindings?.['case']?.id ?? bindings?.['quote']?.id ?? ''
  const cells = [iso(record.receivedAt), id, state, String(attempts), why]
  return fingerprint === undefined ? cells : [...cells, fingerprint]
}
