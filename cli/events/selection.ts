import { type Command, Option } from 'commander'
import { readIfThere, textsOf } from '../../lib/delivery/forget.ts'
import type { Ledger } from '../../lib/delivery/ledger.ts'
import { EVENT_STATES, type EventRecord, type EventState } from '../../lib/delivery/records.ts'
import { instantOf } from './word.ts'

/** Which events are meant; what is absent does not matter. */
export type Selection = {
  readonly state?: EventState
  readonly source?: string
  readonly fingerprint?: string
  readonly since?: number
  readonly until?: number
  readonly text?: string
}

/** The options by which events are selected. */
export function withSelection(command: Command): Command {
  return command
    .addOption(new Option('--state <state>', 'only these').choices(EVENT_STATES))
    .option('--source <name>', 'only what came in by this configured source')
    .option('--fingerprint <fingerprint>', 'only what was parked for this cause')
    .option('--since <time>', 'only what was received since: a time (UTC), or 30m, 2h, 7d ago', instantOf)
    .option('--until <time>', 'only what was received before', instantOf)
    .option('--text <text>', 'only what was sent with this text in it, in any letter case')
}

/** The selected events, in no particular order. Payloads are read one at a time, and only if a text is looked for. */
export async function* selected(
  ledger: Ledger,
  selection: Selection,
  onRead: () => void,
): AsyncIterable<EventRecord> {
  for await (const record of ledger.events()) {
    onRead()
    if (isSelected(record, selection) && (await contains(record, selection.text, ledger))) yield record
  }
}

function isSelected(record: EventRecord, { state, source, fingerprint, since, until }: Selection): boolean {
  return (
    (state ?? record.state) === record.state &&
    (source ?? record.instance) === record.instance &&
    (fingerprint === undefined || fingerprint === record.fingerprint) &&
    record.receivedAt >= (since ?? 0) &&
    record.receivedAt < (until ?? Number.POSITIVE_INFINITY)
  )
}

async function contains({ id, payload }: EventRecord, text: string | undefined, ledger: Ledger) {
  if (text === undefined) return true
  const verified = await readIfThere(ledger, { eventId: id, number: payload })
  const wanted = text.toLowerCase()
  return verified !== undefined && textsOf(verified).some((one) => one.toLowerCase().includes(wanted))
}
