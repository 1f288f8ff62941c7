/** What the ledger knows of one step of a plan. Instants are the store's time in ms. */
export type JournalEntry =
  | {
      readonly state: 'intent'
      readonly marker: string
      readonly sendBy: number
      /** Keyed hashes of the fields of `update`, as they were sent. */
      readonly sent?: Readonly<Record<string, string>> | undefined
      /** The id of the step's record, which is there: what nobody knows is how many of its children are. */
      readonly parent?: string | undefined
    }
  | (BoundRecord & { readonly state: 'bound' })

/** A record a step is bound to. `carried` holds fields of it that later steps refer to. */
export type BoundRecord = {
  readonly resource: string
  readonly id: string
  /** True when the record was there already and was not created by us. */
  readonly adopted: boolean
  /** When it was bound, in the store's time. */
  readonly at?: number | undefined
  readonly carried?: Readonly<Record<string, string>> | undefined
  /**
   * Keyed hashes of the fields of `update`: what we sent, and what the CRM had after that. A field without `seen` is
   * people's.
   */
  readonly written?: Readonly<Record<string, Written>> | undefined
  /** An update or a deletion nobody knows the outcome of, with the hashes of what was sent. */
  readonly updating?: Updating | undefined
  /** People have deleted it. */
  readonly removed?: true | undefined
  /** By what it was found, where it was found and not made. */
  readonly why?: string | undefined
  /** A keyed hash of the natural key it was found or made by. */
  readonly key?: string | undefined
  /** What it says otherwise than was sent has been looked at. */
  readonly told?: true | undefined
  /** Of a document that is as the plan wants it: the fields that were looked at, and a keyed hash of all they held. */
  readonly digest?: Digest | undefined
}

/** `removing`: what may have been done is that it was deleted; otherwise, that it was written. */
type Updating = {
  readonly sendBy: number
  readonly sent: Readonly<Record<string, string>>
  readonly removing?: true | undefined
}

export type Digest = {
  readonly head: readonly string[]
  readonly line: readonly string[]
  readonly hash: string
}

export type Written = { readonly sent: string; readonly seen?: string | undefined }

/**
 * What became of a step: `unchanged` is bound already, `kept` differs because people changed it, `removed` was deleted by
 * people, `skipped` belongs to a record that was or was not called for, `deleted` is not wanted any more, `left` belongs to
 * a document that people have worked on.
 */
export type Effect =
  | 'created'
  | 'adopted'
  | 'updated'
  | 'unchanged'
  | 'kept'
  | 'removed'
  | 'skipped'
  | 'deleted'
  | 'left'

/** Changes of the journal by step; null forgets an intent that is known to have come to nothing. */
export type JournalChanges = Readonly<Record<string, JournalEntry | null>>

/** Ownership of a natural key two subjects may want to create at the same moment. */
export type Ownership =
  /** `lookAgain`: taken over from another, who may have created the record after all. */
  | { readonly state: 'mine'; readonly lookAgain: boolean }
  | { readonly state: 'created'; readonly id: string }
  | { readonly state: 'held'; readonly until: number }

/**
 * Where apply-plan writes down what it is about to do and what came of it; implemented by the ledger. `write` is one
 * compare-and-swap on the subject and throws when the claim has been lost.
 */
export type Journal = {
  entry(as: string): JournalEntry | undefined
  /** The steps it knows whose `as` begins so. */
  names(prefix: string): readonly string[]
  /** Remembers changes; they are stored with the next `write`, or when the claim ends. */
  note(changes: JournalChanges): void
  write(changes: JournalChanges): Promise<void>
  /** The marker of a step: the same for ever for this subject and step. */
  marker(as: string): string
  /** True when no earlier ledger can have created anything for this subject: what has no entry was never sent. */
  readonly fresh: boolean
  /** Whether bound records are looked at again, and made anew where they are gone. */
  readonly redriven: 'check' | 'recreate' | undefined
  /** A keyed hash: values of records may be personal. */
  hash(text: string): string
  /** Now, in the store's time. */
  now(): number
  /** A window for sending: `sendBy` for the journal, `isOpen` by both clocks. Throws NotYetError. */
  openSendWindow(): SendWindow
  /** When a write whose answer never came can no longer be under way, in the store's time. */
  quarantineEnd(sendBy: number): number
  /**
   * Whether the event's last try ended because another is about to create a record it needs: that is asked about before
   * the CRM is.
   */
  readonly wasHeld: boolean
  /** Until when another may create the record with this natural key; undefined: nobody else is about to. */
  heldUntil(key: string, as: string): Promise<number | undefined>
  /** Asks for the right to create the record with this natural key; waits a short while for another holder. */
  own(key: string, as: string): Promise<Ownership>
  /** The key's record is `id`, or (null) there is none and the key is free again. */
  settle(key: string, as: string, id: string | null): Promise<void>
}

export type SendWindow = { readonly sendBy: number; readonly isOpen: () => boolean }

/** Nothing is wrong, but it is too early, or too late in this invocation: try again at `until` (the store's time). */
export class NotYetError extends Error {
  override readonly name = 'NotYetError'
  readonly until: number
  readonly reason: 'quarantine' | 'held' | 'out-of-time' | 'not-configured-yet'
  constructor(reason: NotYetError['reason'], until: number) {
    super(`not yet: ${reason}`)
    this.reason = reason
    this.until = until
  }
}

/** @throws NotYetError while a write that may be sent until `sendBy` may still be under way */
export function leaveQuarantine(sendBy: number, journal: Pick<Journal, 'quarantineEnd' | 'now'>): void {
  const end = journal.quarantineEnd(sendBy)
  if (journal.now() < end) throw new NotYetError('quarantine', end)
}
