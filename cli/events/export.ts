import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readIfThere } from '../../lib/delivery/forget.ts'
import type { Ledger } from '../../lib/delivery/ledger.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { progress } from './progress.ts'
import { type Selection, selected, withSelection } from './selection.ts'
import type { Common, Word } from './word.ts'

type Options = Omit<Common, 'json'> & Selection & { readonly payload: boolean; readonly to?: string }

/** `events export`: every event as a line of JSON. */
export const exportWord: Word = (events, environment) => {
  withSelection(withPlace(events.command('export')))
    .description('every delivery as one line of JSON')
    .option('--payload', 'with what was sent (personal data); null when it is not kept any more', false)
    .option('--to <file>', 'a new file, readable by its owner alone, instead of standard output')
    .action((options: Options) =>
      withLedger(options, environment, async ({ ledger }) => {
        const { tick, stop } = progress('exported:')
        await write(linesOf(ledger, options, tick), options.to).finally(stop)
      }),
    )
}

async function* linesOf(ledger: Ledger, options: Options, tick: () => void): AsyncGenerator<string> {
  for await (const record of selected(ledger, options, () => undefined)) {
    const { id: eventId, payload: number } = record
    const sent = options.payload && { sent: (await readIfThere(ledger, { eventId, number })) ?? null }
    yield `${JSON.stringify({ ...record, ...sent })}\n`
    tick()
  }
}

async function write(lines: AsyncGenerator<string>, file: string | undefined): Promise<void> {
  if (file === undefined) return pipeline(Readable.from(lines), process.stdout, { end: false })
  const handle = await open(file, 'wx', 0o600)
  await pipeline(Readable.from(lines), handle.createWriteStream())
}
