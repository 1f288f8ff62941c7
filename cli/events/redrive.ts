import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'
import { FencedOffError, type Ledger } from '../../lib/delivery/ledger.ts'
import { PayloadGoneError } from '../../lib/delivery/receipts.ts'
import { isFinished } from '../../lib/delivery/records.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { type Redriven, untilFinished } from './outcome.ts'
import { printJson, printTable } from './print.ts'
import { progress } from './progress.ts'
import { type Selection, selected, withSelection } from './selection.ts'
import { type Common, countOf, type Word } from './word.ts'

export type Waiting = { readonly wait: boolean; readonly timeout: number }
type Options = Common & Selection & Waiting & { readonly rate: number; readonly recreate: boolean }

const PATIENCE_S = 300
const AT_ONCE = 16

/** `events redrive`: finished deliveries are due again, with today's configuration. */
export const redriveWord: Word = (events, environment) => {
  withSelection(withPlace(events.command('redrive [reference...]')))
    .description(
      "deliver again with today's configuration; selected ones are parked ones unless --state says otherwise",
    )
    .option('--rate <n>', 'how many a second', rateOf, 50)
    .option('--recreate', 'also make anew what people have removed from the CRM', false)
    .option('--no-wait', 'do not wait for what comes of it')
    .option('--timeout <seconds>', 'wait no longer than this for the next one to finish', countOf, PATIENCE_S)
    .option('--json', 'one JSON document a line', false)
    .action((references: readonly string[], options: Options) =>
      withLedger(options, environment, async ({ ledger }) => {
        const ids = await idsOf(references, options, ledger)
        report(await redriveAll(ledger, ids, options), options)
      }),
    )
}

function rateOf(text: string): number {
  const rate = Number(text)
  if (rate > 0 && rate <= 10_000) return rate
  throw new InvalidArgumentError('It must be a number above 0, at most 10000.')
}

async function idsOf(
  references: readonly string[],
  options: Options,
  ledger: Ledger,
): Promise<readonly string[]> {
  const { state, source, fingerprint, since, until, text } = options
  const isSelection = [state, source, fingerprint, since, until, text].some((one) => one !== undefined)
  if (isSelection === references.length > 0)
    throw new Error('name deliveries by their references, or select them with --state, --fingerprint, …')
  if (!isSelection) return [...new Set(references)]
  const ids: string[] = []
  const { tick, stop } = progress('reading the ledger:')
  const found = selected(ledger, { ...options, state: state ?? 'parked' }, tick)
  try {
    for await (const record of found) if (isFinished(record)) ids.push(record.id)
  } finally {
    stop()
  }
  return ids
}

/** First all are made due, at the rate; then each is waited for. */
async function redriveAll(
  ledger: Ledger,
  ids: readonly string[],
  options: Omit<Options, 'json'>,
): Promise<readonly Redriven[]> {
  const how = options.recreate ? 'recreate' : 'check'
  const began = performance.now()
  const bar = progress('redriving', ids.length)
  const begun = new Map<string, Redriven | undefined>()
  const waiting = ids.entries()
  const work = async () => {
    for (const [index, id] of waiting) {
      await sleep(Math.max(0, began + (index * 1000) / options.rate - performance.now()))
      begun.set(id, await redriveOne(ledger, id, how))
      bar.tick()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(bar.stop)
  return awaitAll(ledger, ids, begun, options)
}

/** undefined: it is due. */
async function redriveOne(
  ledger: Ledger,
  id: string,
  how: 'check' | 'recreate',
): Promise<Redriven | undefined> {
  const failed = (detail: string) => ({ reference: id, result: 'not redriven', detail, ok: false })
  for (;;) {
    const event = await ledger.load(id)
    if (event === undefined) return failed('no delivery has this reference')
    try {
      await ledger.redrive(event, how)
      return undefined
    } catch (error) {
      if (error instanceof PayloadGoneError) return failed('its payload is not kept any more')
      if (!(error instanceof FencedOffError)) throw error
    }
  }
}

/** What came of each, in their order. `failed`: what is known without waiting. */
export async function awaitAll(
  ledger: Ledger,
  ids: readonly string[],
  failed: ReadonlyMap<string, Redriven | undefined>,
  { wait, timeout }: Waiting,
): Promise<readonly Redriven[]> {
  const due = (reference: string) => ({ reference, result: 'due', detail: '', ok: true })
  if (!wait) return ids.map((id) => failed.get(id) ?? due(id))
  const bar = progress('delivered', ids.length)
  const results: Redriven[] = []
  for (const id of ids) {
    const end = performance.now() + timeout * 1000
    results.push(failed.get(id) ?? (await untilFinished(ledger, id, { untilMs: () => end })))
    bar.tick()
  }
  bar.stop()
  return results
}

/** Says for each what it came to, and how many of each; a failure is the exit code. */
export function report(results: readonly Redriven[], { json }: Pick<Common, 'json'>): void {
  if (json) for (const result of results) printJson(result)
  else print(results)
  if (results.some(({ ok }) => !ok)) process.exitCode = 1
}

function print(results: readonly Redriven[]): void {
  const rows = results.map(({ reference, result, detail }) => [reference, result, detail])
  if (rows.length > 0) printTable(['reference', 'result', 'detail'], rows)
  const counts = [...Map.groupBy(results, ({ result }) => result)]
  const summary = counts.map(([result, group]) => `${group.length} ${result}`)
  console.log(summary.length === 0 ? 'there is nothing to redrive' : summary.join(', '))
}
