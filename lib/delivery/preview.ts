import { applyPlan } from '../crm/apply-plan.ts'
import type { CrmClient, EntityClient, Row } from '../crm/client.ts'
import type { Journal, JournalEntry } from '../crm/journal.ts'
import type { Plan } from '../crm/plan.ts'
import { planOf } from './attempt.ts'
import { loadSubject } from './claim.ts'
import type { StoredEvent } from './ledger.ts'
import { markerOf } from './marker.ts'
import type { Effects, Outcome } from './outcome.ts'
import type { Pipe } from './pipe.ts'
import { NEW_SUBJECT, type SubjectRecord } from './records.ts'

/** A write that would be made. `from` is what a field holds now; absent for a record that would be new. */
export type Change = {
  readonly act: 'create' | 'update' | 'delete'
  readonly resource: string
  readonly id?: string
  readonly fields: readonly { readonly name: string; readonly from?: unknown; readonly to: unknown }[]
}

export type Preview =
  | { readonly changes: readonly Change[]; readonly effects: Effects }
  /** The event would change nothing, and this is why. */
  | { readonly outcome: Outcome }

/** What a preview needs of the pipe: nothing that writes. */
export type Previewing = Pick<
  Pipe,
  'config' | 'ledger' | 'loadSource' | 'secret' | 'plan' | 'hash' | 'crm' | 'entities'
>

/**
 * What an event would change in the CRM as it is now, with today's adapter and mapping. The CRM is read; nothing is written,
 * neither there nor in the ledger.
 * @throws what reading the ledger or the CRM throws, CrmRejectedError for what the prototypes forbid
 */
export async function previewEvent(event: StoredEvent, pipe: Previewing): Promise<Preview> {
  const { record } = event
  const subject = (await loadSubject(pipe.ledger.store, record.subject)) ?? NEW_SUBJECT
  const planned = await planOf(event, subject, pipe)
  if ('outcome' in planned) return { outcome: planned.outcome }
  const changes: Change[] = []
  const applied = await applyPlan(unchecked(planned.plan), {
    client: readingClient(pipe.crm, changes),
    entities: pipe.entities,
    journal: forgetfulJournal(subject, record.subject, pipe),
  })
  return { changes, effects: Object.fromEntries([...applied].map(([as, { effect }]) => [as, effect])) }
}

/** Without the check of totals: what would be written is not there to be read. */
function unchecked(plan: Plan): Plan {
  const { document } = plan
  if (document === undefined) return plan
  return { ...plan, document: { ...document, totals: { ...document.totals, expected: {} } } }
}

/** Ids that no record has. */
const FIRST_ID = 2_000_000_000

/** A client that reads, and writes down what it would write. */
function readingClient(crm: CrmClient, changes: Change[]): CrmClient {
  const made = new Map<string, Row>()
  const entity = (name: string): EntityClient => {
    const client = crm.entity(name)
    const get: EntityClient['get'] = async (id, options) => made.get(id) ?? client.get(id, options)
    return {
      ...client,
      get,
      create: async (fields, children = {}) => {
        const all = Object.entries({ ...fields, ...children })
        changes.push({ act: 'create', resource: name, fields: all.map(([key, to]) => ({ name: key, to })) })
        const row = rowOf(String(FIRST_ID + made.size), fields)
        made.set(row.key, row)
        return row
      },
      update: async (id, fields) => {
        const row = await get(id)
        const all = Object.entries(fields).map(([key, to]) => ({ name: key, from: row.get(key), to }))
        changes.push({ act: 'update', resource: name, id, fields: all })
        return rowOf(id, fields)
      },
      delete: async (id) => {
        changes.push({ act: 'delete', resource: name, id, fields: [] })
      },
    }
  }
  return { ...crm, entity: entity as CrmClient['entity'] }
}

function rowOf(key: string, fields: Readonly<Record<string, unknown>>): Row {
  const values = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    key,
    get: (field) => values.get(field.toLowerCase()),
    instant: () => undefined,
    date: () => undefined,
    linked: () => [],
    link: () => Promise.reject(new Error('a record that is not there has no links')),
  }
}

/** What the ledger knows of the subject, and what this run adds to it, which nobody keeps. */
function forgetfulJournal(record: SubjectRecord, subject: string, pipe: Previewing): Journal {
  const entries = new Map<string, JournalEntry | null>(Object.entries(record.journal))
  const note: Journal['note'] = (changes) => {
    for (const [as, entry] of Object.entries(changes)) entries.set(as, entry)
  }
  return {
    entry: (as) => entries.get(as) ?? undefined,
    names: (prefix) =>
      [...entries].flatMap(([as, entry]) => (entry !== null && as.startsWith(prefix) ? [as] : [])),
    note,
    write: async (changes) => note(changes),
    marker: (as) => markerOf(pipe.config.installation, subject, as),
    fresh: false,
    wasHeld: false,
    redriven: 'check',
    hash: pipe.hash,
    now: () => pipe.ledger.store.now(),
    openSendWindow: () => ({ sendBy: 0, isOpen: () => true }),
    quarantineEnd: () => 0,
    heldUntil: async () => undefined,
    own: async () => ({ state: 'mine', lookAgain: false }),
    settle: async () => undefined,
  }
}
