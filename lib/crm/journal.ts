/** What the ledger knows of one step of a plan. Instants are the store's time in ms. */
export type JournalEntry =
  | { readonly state: 'intent'; readonly marker: string; readonly sendBy: number }
  | { readonly state: 'bound'; readonly resource: string; readonly id: string; readonly adopted: boolean }

/** Ownership of a natural key two subjects may want to create at the same moment. */
export type Ownership =
  | { readonly state: 'mine' }
  | { readonly state: 'created'; readonly id: string }
  | { readonly state: 'held'; readonly until: number }

/**
 * Where apply-plan writes down what it is about to do and what came of it. Implemented by the ledger; one `write`
 * is one compare-and-swap on the subject and throws when the claim has been lost.
 */
export type Journal = {
  entry(as: string): JournalEntry | undefined
  write(changes: Readonly<Record<string, JournalEntry | null>>): Promise<void>
  /** The marker of a step: the same for ever for this subject and step. */
  marker(as: string): string
  /** True when no earlier try, and no earlier ledger, can have created anything for this subject. */
  readonly fresh: boolean
  /** Now, in the store's time. */
  now(): number
  /** Opens a window for sending: `sendBy` for the journal, `open()` on the monotonic clock. Throws OutOfTimeError. */
  sendWindow(): { readonly sendBy: number; readonly open: () => boolean }
  /** When a write whose answer never came can no longer be under way. */
  quarantineEnd(sendBy: number): number
  own(key: string, as: string): Promise<Ownership>
  /** The key's record exists as `id`, or (null) it does not and the key is free again. */
  settle(key: string, id: string | null): Promise<void>
}
