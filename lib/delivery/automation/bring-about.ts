import type { Due } from '../../automations/automation.ts'
import type { ConfiguredAutomation } from '../../automations/index.ts'
import type { AutomationRun, Observed } from '../../events/automation-run.ts'
import type { Json } from '../../sources/source.ts'
import { deliver } from '../deliver.ts'
import type { Ledger, StoredEvent } from '../ledger.ts'
import type { Deadline } from '../limits.ts'
import type { Effects } from '../outcome.ts'
import type { Pipe } from '../pipe.ts'
import { queueRetry } from '../retry-queue.ts'
import type { Slot } from '../slots.ts'
import { instanceOf } from './instance.ts'

/** A record that something is to be done about. */
export type Found = {
  readonly automation: ConfiguredAutomation
  readonly record: Observed
  readonly related: readonly Observed[]
  readonly due: Due
  /** The time the rule was asked about, and when this run began: both in ms. */
  readonly nowMs: number
  readonly began: number
}

/** What became of a record. `closed`: recorded, but the CRM is not to be asked now. */
export type Became =
  | { readonly is: 'changed' | 'waiting' | 'failed' | 'closed' }
  | { readonly is: 'skipped'; readonly why: string }

export type Means = { readonly pipe: Pipe; readonly deadline: Deadline; readonly slot: Slot }

const REACHED = 'the level is reached already'
const HIGHER = 'a higher level is reached already'
const FASTER = 'people were faster'
const GATE_IS_CLOSED: ReadonlySet<string> = new Set(['crm-unavailable', 'crm-credentials', 'paused'])

/**
 * One record's change: an event of the ledger, under an id that is the same for this record and level for ever, delivered
 * like any other. An event that came to nothing because people were faster is tried again with what was seen now.
 */
export async function bringAbout(found: Found, means: Means): Promise<Became> {
  const { ledger } = means.pipe
  if (await isAbove(found, ledger)) return { is: 'skipped', why: HIGHER }
  const id = eventId(found, found.due.level)
  const known = await ledger.load(id)
  if (known === undefined) await ledger.record(newEvent(id, found), [])
  else if (known.record.state !== 'received') {
    if (!cameToNothing(known) || isOfThisRun(known, found)) return becameOf(known, found)
    await ledger.redrive(await ledger.edit(known, verified(found), instanceOf(found.automation.name)))
  }
  return tryNow(id, found, means)
}

/** Why a record that is due has been done with before; undefined when it has not. */
export async function knownAs(found: Found, ledger: Ledger): Promise<string | undefined> {
  if (await isAbove(found, ledger)) return HIGHER
  const known = await ledger.load(eventId(found, found.due.level))
  if (known === undefined || cameToNothing(known)) return undefined
  const { state } = known.record
  return state === 'done' ? REACHED : state
}

async function isAbove(found: Found, ledger: Ledger): Promise<boolean> {
  for (const level of found.due.above ?? []) {
    const higher = await ledger.load(eventId(found, level))
    if (higher !== undefined && !cameToNothing(higher)) return true
  }
  return false
}

function eventId({ automation, record }: Found, level: string): string {
  return `${instanceOf(automation.name)}:${record.id}:${level}`
}

function newEvent(id: string, found: Found) {
  const instance = instanceOf(found.automation.name)
  return { id, instance, subject: id, verified: verified(found), keep: true } as const
}

function verified({ automation, record, related, due, nowMs }: Found) {
  const event: AutomationRun = {
    kind: 'automation-run',
    automation: automation.name,
    level: due.level,
    at: new Date(nowMs).toISOString(),
    record,
    related,
  }
  return { headers: {}, payload: event as unknown as Json }
}

async function tryNow(id: string, found: Found, { pipe, deadline, slot }: Means): Promise<Became> {
  const outcome = await deliver(id, pipe, deadline, slot)
  await queueRetry(pipe, id, outcome)
  if (outcome.kind === 'retry-later')
    return { is: GATE_IS_CLOSED.has(outcome.reason.code) ? 'closed' : 'waiting' }
  const event = await pipe.ledger.load(id)
  return event === undefined ? { is: 'failed' } : becameOf(event, found)
}

/** What an event says that is there: as of this run, or of an earlier one. */
function becameOf(event: StoredEvent, found: Found): Became {
  const { state, reason } = event.record
  const isOurs = isOfThisRun(event, found)
  switch (state) {
    case 'done':
      if (cameToNothing(event)) return { is: 'skipped', why: FASTER }
      return isOurs ? { is: 'changed' } : { is: 'skipped', why: REACHED }
    case 'parked':
      return isOurs ? { is: 'failed' } : { is: 'skipped', why: 'parked' }
    case 'received':
    case 'waiting':
      return isOurs ? { is: 'waiting' } : { is: 'skipped', why: 'under way' }
    default:
      return { is: 'skipped', why: reason?.code ?? state }
  }
}

function isOfThisRun({ record }: StoredEvent, { began }: Found): boolean {
  return (record.history.at(-1)?.at ?? record.receivedAt) >= began
}

function cameToNothing({ record }: StoredEvent): boolean {
  return record.state === 'done' && !didSomething(record.history.at(-1)?.effects ?? {})
}

function didSomething(effects: Effects): boolean {
  return Object.values(effects).some((effect) => !/^(skipped|removed)/.test(effect))
}
