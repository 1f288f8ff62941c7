import Table from 'cli-table3'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { EventRecord } from '../lib/delivery/records.ts'
import { withLedger } from './open-ledger.ts'

type Folder = { readonly data: string }

const FINISHED: readonly EventRecord['state'][] = ['done', 'stale', 'ignored', 'parked']
const STATES: readonly EventRecord['state'][] = ['received', 'waiting', ...FINISHED]

/** `npm run events -- status|list|show|redrive` */
export function eventsCommand(program: Command): void {
  const events = program.command('events').description('what became of every delivery')
  const data = ['--data <folder>', 'data folder of the instance', '.data'] as const
  events
    .command('status')
    .description('how many deliveries are recorded, and in which state')
    .option(...data)
    .action((options: Folder) => status(options.data))
  events
    .command('list')
    .description('the latest deliveries, newest first')
    .option(...data)
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--limit <n>', 'how many', wholeNumber, 20)
    .action((options: Folder & ListOptions) => list(options))
  events
    .command('show <reference>')
    .description('one delivery: state, reason, CRM records')
    .option(...data)
    .option('--payload', 'also what was sent (personal data)')
    .action((id: string, options: Folder & { payload?: boolean }) => show(id, options))
  events
    .command('redrive <reference>')
    .description("try a parked delivery again, with today's configuration")
    .option(...data)
    .action((id: string, options: Folder) => redrive(id, options.data))
}

/** No colours: the output is read by programs too. */
const PLAIN = { head: [], border: [] }

type ListOptions = { readonly state?: string; readonly limit: number }

async function status(folder: string): Promise<void> {
  const records = await withLedger(folder, (ledger) => Array.fromAsync(ledger.events()))
  const counts = Object.entries(Object.groupBy(records, (record) => record.state))
  const finished = records.filter((record) => FINISHED.includes(record.state)).length
  const table = new Table({ head: ['state', 'events'], style: PLAIN })
  table.push(...counts.map(([state, group]) => [state, String(group?.length ?? 0)]))
  console.log(table.toString())
  console.log(`recorded ${records.length} = finished ${finished} + in flight ${records.length - finished}`)
}

async function list({ data, state, limit }: Folder & ListOptions): Promise<void> {
  const records = await withLedger(data, (ledger) => Array.fromAsync(ledger.events()))
  const wanted = records.filter((record) => state === undefined || record.state === state)
  const newest = wanted.toSorted((a, b) => b.receivedAt - a.receivedAt).slice(0, limit)
  const table = new Table({
    head: ['received', 'reference', 'state', 'retries', 'why / case'],
    style: PLAIN,
  })
  table.push(...newest.map(row))
  console.log(table.toString())
}

function wholeNumber(text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

function row(record: EventRecord): string[] {
  const why = record.reason?.code ?? record.bindings?.['case']?.id ?? ''
  return [iso(record.receivedAt), record.id, record.state, String(record.attempts), why]
}

async function show(id: string, { data, payload }: Folder & { payload?: boolean }): Promise<void> {
  const readable = await withLedger(data, async (ledger) => {
    const found = await ledger.load(id)
    if (found === undefined) throw new Error(`no delivery has the reference ${id}`)
    const { receivedAt, notBefore, ...record } = found.record
    return {
      ...record,
      receivedAt: iso(receivedAt),
      ...(notBefore !== undefined && { notBefore: iso(notBefore) }),
      ...(payload && { payload: await ledger.payload(found.record) }),
    }
  })
  console.log(JSON.stringify(readable, null, 2))
}

async function redrive(id: string, folder: string): Promise<void> {
  await withLedger(folder, async (ledger) => {
    const found = await ledger.load(id)
    if (found === undefined) throw new Error(`no delivery has the reference ${id}`)
    if (found.record.state !== 'parked')
      throw new Error(`${id} is ${found.record.state}; only parked ones are redriven`)
    await ledger.redrive(found)
    console.log(`${id} is due again; the next sweep delivers it`)
  })
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
