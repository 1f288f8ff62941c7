import type { Journal, JournalChanges, JournalEntry } from '../../lib/crm/journal.ts'

const NOW_MS = Date.UTC(2026, 10, 25, 10)
const WINDOW_MS = 60_000

export type MemoryJournal = Journal & {
  /**
   * What it was told, in its order: `intends a, b` (one write of the ledger), `changes a`, `removes a`, `knows a`, `forgets a`,
   * `settles a`.
   */
  readonly log: string[]
}

/** A journal that nobody else has a claim on, whose clock stands still and whose windows for sending stay open. */
export function memoryJournal(): MemoryJournal {
  const entries = new Map<string, JournalEntry>()
  const log: string[] = []
  const note = (changes: JournalChanges) => {
    for (const [as, entry] of Object.entries(changes)) {
      if (entry === null) entries.delete(as)
      else entries.set(as, entry)
    }
    for (const [what, names] of Map.groupBy(Object.keys(changes), (as) => wordOf(changes[as] ?? null)))
      log.push(`${what} ${names.join(', ')}`)
  }
  return {
    log,
    note,
    entry: (as) => entries.get(as),
    names: (prefix) => [...entries.keys()].filter((as) => as.startsWith(prefix)),
    write: async (changes) => note(changes),
    marker: (as) => `sf-${as}`,
    fresh: true,
    redriven: undefined,
    hash: (text) => text,
    now: () => NOW_MS,
    openSendWindow: () => ({ sendBy: NOW_MS + WINDOW_MS, isOpen: () => true }),
    quarantineEnd: (sendBy) => sendBy + 1,
    wasHeld: false,
    heldUntil: async () => undefined,
    own: async () => ({ state: 'mine', lookAgain: false }),
    settle: async (_, as) => void log.push(`settles ${as}`),
  }
}

function wordOf(entry: JournalEntry | null): string {
  if (entry === null) return 'forgets'
  if (entry.state === 'intent') return 'intends'
  if (entry.updating === undefined) return 'knows'
  return entry.updating.removing ? 'removes' : 'changes'
}
