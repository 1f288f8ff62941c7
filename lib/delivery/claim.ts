import type { JournalChanges, JournalEntry } from '../crm/journal.ts'
import { FencedOffError, TOMBSTONE_MS } from './ledger.ts'
import { NEW_SUBJECT, SubjectRecord } from './records.ts'
import type { Store } from './store/store.ts'

export type Claimed =
  | { readonly state: 'claimed'; readonly claim: Claim }
  | { readonly state: 'busy'; readonly until: number }

/** What a subject is known to contain. */
export type SubjectView = Pick<SubjectRecord, 'snapshot' | 'facts'>

/** The events a subject is remembered to contain, for a worker that died between its two last writes. */
const MOST_APPLIED = 50

/**
 * Claims a subject for `leaseMs`. The item's version is the fencing token: every write of the claim names it, so a
 * worker whose lease ran out and was taken over cannot write any more.
 */
export async function claimSubject(store: Store, subject: string, leaseMs: number): Promise<Claimed> {
  const lease = { epoch: store.epoch, until: store.now() + leaseMs }
  const created = { ...NEW_SUBJECT, bornAt: store.now(), lease }
  const first = await store.putIfAbsent(subjectKey(subject), { value: created })
  if (first !== undefined) return { state: 'claimed', claim: new Claim(store, subject, created, first) }
  return takeOver(store, subject, lease)
}

async function takeOver(
  store: Store,
  subject: string,
  lease: { epoch: string; until: number },
): Promise<Claimed> {
  const item = await store.get(subjectKey(subject))
  if (item === undefined) return { state: 'busy', until: store.now() }
  const record = SubjectRecord.parse(item.value)
  const held = record.lease
  if (held !== undefined && held.epoch === store.epoch && held.until > store.now()) {
    return { state: 'busy', until: held.until }
  }
  const claimed = { ...record, lease }
  const version = await store.replace(subjectKey(subject), item.version, { value: claimed })
  if (version === undefined) return { state: 'busy', until: store.now() }
  return { state: 'claimed', claim: new Claim(store, subject, claimed, version) }
}

/** The right to work on one subject, with its journal. */
export class Claim {
  readonly subject: string
  /** Grows with every claim of the subject: of two workers with the same subject the one with the lesser token is out of date. */
  readonly token: number
  readonly #store: Store
  #record: SubjectRecord
  #version: number
  #noted: Record<string, JournalEntry | null> = {}

  constructor(store: Store, subject: string, record: SubjectRecord, version: number) {
    this.#store = store
    this.subject = subject
    this.#record = record
    this.#version = version
    this.token = version
  }

  /** End of the lease, in the store's time. */
  get until(): number {
    return this.#record.lease?.until ?? 0
  }

  /** Whatever was sent for the subject since then has left an intent or a binding here. */
  get bornAt(): number | undefined {
    return this.#record.bornAt
  }

  /** What it contains, that which has begun and is not finished yet included. */
  get view(): SubjectView {
    return this.#record.begun ?? this.#record
  }

  /**
   * From the next write on the subject is known to become so. An older state of it that is tried meanwhile is stale then:
   * two unfinished events would otherwise undo each other's writes in turns.
   */
  begin(view: SubjectView): void {
    this.#record = { ...this.#record, begun: view }
  }

  /** What has begun will not be: its event is parked. */
  dismiss(): void {
    const { begun: _, ...record } = this.#record
    this.#record = record
  }

  contains(eventId: string): boolean {
    return this.#record.applied.includes(eventId)
  }

  entry(as: string): JournalEntry | undefined {
    const noted = this.#noted[as]
    return noted === undefined ? this.#record.journal[as] : (noted ?? undefined)
  }

  /** The steps of the journal whose `as` begins so. */
  names(prefix: string): string[] {
    return Object.keys(this.#journal()).filter((as) => as.startsWith(prefix))
  }

  /** The latest `sendBy` of a write nobody knows the outcome of. */
  latestSendBy(): number | undefined {
    const open = Object.values(this.#journal()).flatMap((entry) => sendByOf(entry) ?? [])
    return open.length === 0 ? undefined : Math.max(...open)
  }

  note(changes: JournalChanges): void {
    Object.assign(this.#noted, changes)
  }

  /** Stores the noted changes and these. Throws FencedOffError when the claim has been lost. */
  async write(changes: JournalChanges): Promise<void> {
    this.note(changes)
    await this.#replace({ ...this.#record, journal: this.#journal() }, {})
  }

  /** Gives the subject back; what was noted is kept. */
  release(): Promise<void> {
    return this.#giveBack(this.#record)
  }

  /** One compare-and-swap: the subject contains the event and is as `view` says, its records are bound, it is free. */
  apply(eventId: string, view: SubjectView): Promise<void> {
    const applied = [...this.#record.applied.filter((id) => id !== eventId), eventId].slice(-MOST_APPLIED)
    this.dismiss()
    return this.#giveBack({ ...this.#record, ...view, applied })
  }

  /** Kept for ever while something is open; otherwise for as long as a sender could repeat itself. */
  #giveBack({ lease: _, ...record }: SubjectRecord): Promise<void> {
    const journal = this.#journal()
    const isOpen = record.applied.length === 0 || Object.values(journal).some((entry) => sendByOf(entry))
    const index = isOpen ? {} : { expiresAt: this.#store.now() + TOMBSTONE_MS }
    return this.#replace({ ...record, journal }, index)
  }

  #journal(): SubjectRecord['journal'] {
    const merged: Record<string, JournalEntry | null> = { ...this.#record.journal, ...this.#noted }
    const entries = Object.entries(merged).filter((pair): pair is [string, JournalEntry] => pair[1] !== null)
    return Object.fromEntries(entries)
  }

  /** What is noted while this is under way waits for the next write. */
  async #replace(record: SubjectRecord, index: { expiresAt?: number }): Promise<void> {
    const stored = this.#noted
    this.#noted = { ...stored }
    const version = await this.#store.replace(subjectKey(this.subject), this.#version, {
      value: record,
      ...index,
    })
    if (version === undefined) throw new FencedOffError(`the claim on ${this.subject} was lost`)
    this.#version = version
    this.#record = record
    const since = Object.entries(this.#noted).filter(([as, entry]) => stored[as] !== entry)
    this.#noted = Object.fromEntries(since)
  }
}

function sendByOf(entry: JournalEntry): number | undefined {
  return entry.state === 'intent' ? entry.sendBy : entry.updating?.sendBy
}

/** A subject as it is known to the ledger, for people's questions. */
export async function loadSubject(store: Store, subject: string): Promise<SubjectRecord | undefined> {
  const item = await store.get(subjectKey(subject))
  return item && SubjectRecord.parse(item.value)
}

export const SUBJECT_PREFIX = 'subject#'

function subjectKey(subject: string): string {
  return `${SUBJECT_PREFIX}${subject}`
}
