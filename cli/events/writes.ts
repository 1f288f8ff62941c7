import { SUBJECT_PREFIX } from '../../lib/delivery/claim.ts'
import type { Ledger } from '../../lib/delivery/ledger.ts'
import { type EventRecord, SubjectRecord } from '../../lib/delivery/records.ts'
import type { Item } from '../../lib/delivery/store/store.ts'
import { withLedger, withPlace } from '../open-ledger.ts'
import { iso, linkTo, printJson, printTable } from './print.ts'
import { progress } from './progress.ts'
import { type Common, instantOf, type Word } from './word.ts'

type Options = Common & { readonly since?: number }

/** One record in the CRM that a delivery made, took over or changed. */
type Written = {
  readonly at: number
  readonly did: 'created' | 'adopted' | 'updated'
  readonly entity: string
  readonly id: string
  readonly step: string
  readonly subject: string
}

const DAY_MS = 24 * 60 * 60_000

/** `events writes`: every CRM record that was written, for an audit. */
export const writesWord: Word = (events, environment) => {
  withPlace(events.command('writes'))
    .description('every CRM record that was created, adopted (found and taken) or updated')
    .option('--since <time>', 'a time (UTC), or 30m, 2h, 7d ago; a day ago otherwise', instantOf)
    .option('--json', 'one JSON document a line, in no particular order', false)
    .action((options: Options) =>
      withLedger(options, environment, async ({ ledger, crmUrl }) => {
        const { tick, stop } = progress('reading the ledger:')
        const since = options.since ?? Date.now() - DAY_MS
        const found = writesSince(ledger, since, tick)
        if (options.json) for await (const { at, ...one } of found) printJson({ at: iso(at), ...one })
        else
          print(
            (await Array.fromAsync(found)).toSorted((a, b) => a.at - b.at),
            crmUrl,
          )
        stop()
      }),
    )
}

async function* writesSince(ledger: Ledger, since: number, tick: () => void): AsyncIterable<Written> {
  for await (const item of ledger.store.scan(SUBJECT_PREFIX)) {
    tick()
    for (const one of boundIn(item)) if (one.at >= since) yield one
  }
  for await (const record of ledger.events()) {
    tick()
    for (const one of updatesIn(record)) if (one.at >= since) yield one
  }
}

function boundIn({ key, value }: Item): Written[] {
  const subject = key.slice(SUBJECT_PREFIX.length)
  return Object.entries(SubjectRecord.parse(value).journal).flatMap(([step, entry]) => {
    if (entry.state !== 'bound') return []
    const { at = 0, adopted, resource: entity, id } = entry
    return [{ at, did: adopted ? ('adopted' as const) : ('created' as const), entity, id, step, subject }]
  })
}

/** An update leaves its trace in the event that asked for it. */
function updatesIn({ history, bindings = {}, subject }: EventRecord): Written[] {
  return history.flatMap(({ at, effects = {} }) =>
    Object.entries(effects).flatMap(([step, effect]) => {
      const record = bindings[step]
      if (record === undefined || !effect.startsWith('updated')) return []
      return [{ at, did: 'updated' as const, entity: record.resource, id: record.id, step, subject }]
    }),
  )
}

function print(writes: readonly Written[], crmUrl: string | undefined): void {
  const rows = writes.map(({ at, did, entity, id, step, subject }) => {
    const where = crmUrl === undefined ? `${entity} ${id}` : linkTo({ resource: entity, id }, crmUrl)
    return [iso(at), did, where, step, subject]
  })
  printTable(['when', 'did', 'record', 'step', 'delivery or subject'], rows)
}
