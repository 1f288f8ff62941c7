import type { JournalChanges, JournalEntry } from '../crm/journal.ts'
import { FencedOffError, TOMBSTONE_MS } from './ledger.ts'
import { NEW_SUBJECT, SubjectRecord } from './records.ts'
import { writeInOrder } from './store/in-order.ts'
import type { Replacement, Store } from './store/store.ts'

export type Claimed =
  | { readonly state: 'claimed'; readonly claim: Claim }
  | { readonly state: 'busy'; readonly until: number }

/** What a subject is known to contain. */
export type SubjectView = Pick<SubjectRecord, 'snapshot' | 'facts'>

/** What a subject contains from now on. */
export type Joined = { readonly eventId: string; readonly view: SubjectView }

/** The events a subject is remembered to contain, for a worker that died between its two last writes. */
const MOST_APPLIED = 50

/**
 * Claims a subject for `leaseMs`. The item's version is the fencing token: every write of the claim names it, so a
 * worker whose lease ran out and was taken over cannot write any more. Should the machine die, so do all who could
 * quarrel about the lease: it need not outlive it.
 */
export async function claimSubject(store: Store, subject: string, leaseMs: number): Promise<Claimed> {
  const lease = { epoch: store.epoch, until: store.now() + leaseMs }
  const created = { ...NEW_SUBJECT, bornAt: store.now(), lease }
  const first = await store.putIfAbsent(subjectKey(subject), {
    value: created,
    durability: 'volatile',
  })
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
  const write = { value: claimed, durability: 'volatile' } as const
  const version = await store.replace(subjectKey(subject), item.version, write)
  if (version === undefined) return { state: 'busy', until: store.now() }
  return { state: 'claimed', claim: new Claim(store, subject, claimed, version) }
}

/** Changes of the journal that are not stored yet. */
type Noted = Record<string, JournalEntry | null>

/** The right to work on one subject, with its journal. */
export class Claim {
  readonly subject: string
  /** Grows with every claim of the subject: of two workers with the same subject the one with the lesser token is out of date. */
  readonly token: number
  readonly #store: Store
  #record: SubjectRecord
  #version: number
  #noted: Noted = {}
  #isGivenBack = false

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
    const record = { ...this.#record, journal: this.#journal() }
    const stored = { ...this.#noted }
    this.#wrote(record, stored, await this.#store.replace(this.#key, this.#version, { value: record }))
  }

  /** True once it has been given back. */
  get isGivenBack(): boolean {
    return this.#isGivenBack
  }

  /**
   * Gives the subject back, and then makes a change of another item, in one commit where the store can. What was noted is
   * kept. Once the subject is given back only the change is made.
   * @param joined the subject contains the event and is as `view` says; without it the subject is as it was
   * @returns the other item's new version; undefined: it is not as the change says, or there is no change
   * @throws FencedOffError when the claim has been lost; the change has not been made
   */
  async giveBack(joined?: Joined, change?: Replacement): Promise<number | undefined> {
    const then = change === undefined ? [] : [change]
    if (this.#isGivenBack) return (await writeInOrder(this.#store, then))[0]
    const { lease: _, ...rest } = joined === undefined ? this.#record : this.#joined(joined)
    const record = { ...rest, journal: this.#journal() }
    const stored = { ...this.#noted }
    const given = {
      key: this.#key,
      version: this.#version,
      write: { value: record, ...this.#lifetime(record) },
    }
    const [freed, changed] = await writeInOrder(this.#store, [given, ...then])
    this.#wrote(record, stored, freed)
    this.#isGivenBack = true
    return changed
  }

  #joined({ eventId, view }: Joined): SubjectRecord {
    const applied = [...this.#record.applied.filter((id) => id !== eventId), eventId].slice(-MOST_APPLIED)
    const { begun: _, ...record } = this.#record
    return { ...record, ...view, applied }
  }

  /** Kept for ever while something is open; otherwise for as long as a sender could repeat itself. */
  #lifetime({ applied, journal }: SubjectRecord): { expiresAt?: number } {
    const isOpen = applied.length === 0 || Object.values(journal).some((entry) => sendByOf(entry))
    return isOpen ? {} : { expiresAt: this.#store.now() + TOMBSTONE_MS }
  }

  #journal(): SubjectRecord['journal'] {
    const merged: Record<string, JournalEntry | null> = { ...this.#record.journal, ...this.#noted }
    const entries = Object.entries(merged).filter((pair): pair is [string, JournalEntry] => pair[1] !== null)
    return Object.fromEntries(entries)
  }

  get #key(): string {
    return subjectKey(this.subject)
  }

  /** What was noted while the write was under way waits for the next one. */
  #wrote(record: SubjectRecord, stored: Noted, version: number | undefined): void {
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
