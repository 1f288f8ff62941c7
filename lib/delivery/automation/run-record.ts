import * as z from '../../values/schema.ts'
import { FencedOffError } from '../ledger.ts'
import type { Store } from '../store/store.ts'
import { updateItem } from '../store/update.ts'

/** What a run has come to so far. */
export const RunReport = z.object({
  /** Records the CRM sent, and of those the ones the rule is about. */
  scanned: z.number(),
  matched: z.number(),
  changed: z.number(),
  /** Recorded, and delivered later: the retry queue has them. */
  waiting: z.number(),
  /** Parked, each alone. */
  failed: z.number(),
  /** By reason. */
  skipped: z.record(z.string(), z.number()),
  pages: z.number(),
})
export type RunReport = Readonly<z.infer<typeof RunReport>>

export const EMPTY_REPORT: RunReport = {
  scanned: 0,
  matched: 0,
  changed: 0,
  waiting: 0,
  failed: 0,
  skipped: {},
  pages: 0,
}

/** A run that is not through. Instants are the store's time in ms. */
export const Run = z.object({
  /** When its window opened. */
  opens: z.number(),
  began: z.number(),
  /** The time the rule is asked about: the same for all records. */
  nowMs: z.number(),
  /** Every record up to this id is done with. */
  after: z.number(),
  /** No record has a higher id; absent until the CRM was asked. */
  last: z.optional(z.number()),
  /** How many ids the next page is to span. */
  width: z.number(),
  /** No more changes than this. */
  limit: z.optional(z.number()),
  report: RunReport,
})
export type Run = Readonly<z.infer<typeof Run>>

export const AutomationRecord = z.object({
  format: z.literal(1),
  /** Windows that opened until then are none of ours. */
  since: z.number(),
  lease: z.optional(z.object({ epoch: z.string(), until: z.number() })),
  run: z.optional(Run),
  finished: z.optional(
    z.object({ opens: z.number(), at: z.number(), report: RunReport, stopped: z.optional(z.string()) }),
  ),
})
export type AutomationRecord = Readonly<z.infer<typeof AutomationRecord>>

/** The run a turn is for, or why there is none now. */
export type Taken =
  | { readonly state: 'taken'; readonly turn: Turn }
  | { readonly state: 'busy' }
  | { readonly state: 'not-due' }

/**
 * Takes the run that is not through, or the one `begin` makes of what is known of the automation. Nobody else has it for
 * `leaseMs`.
 */
export async function takeRun(
  store: Store,
  name: string,
  leaseMs: number,
  begin: (known: AutomationRecord) => Run | undefined,
): Promise<Taken> {
  const nobody: AutomationRecord = { format: 1, since: store.now() }
  let outcome: { state: Taken['state']; record: AutomationRecord } = { state: 'busy', record: nobody }
  const item = await updateItem(store, keyOf(name), (found) => {
    outcome = claim(found === undefined ? nobody : AutomationRecord.parse(found.value), store, leaseMs, begin)
    const isNews = outcome.state === 'taken' || (outcome.state === 'not-due' && found === undefined)
    return isNews ? { value: outcome.record } : undefined
  })
  const { state, record } = outcome
  if (state !== 'taken' || item === undefined) return { state: state === 'taken' ? 'busy' : state }
  return { state, turn: new Turn(store, keyOf(name), record, item.version) }
}

function claim(
  known: AutomationRecord,
  store: Store,
  leaseMs: number,
  begin: (known: AutomationRecord) => Run | undefined,
): { state: Taken['state']; record: AutomationRecord } {
  const { lease } = known
  const isHeld = lease !== undefined && lease.epoch === store.epoch && lease.until > store.now()
  if (isHeld) return { state: 'busy', record: known }
  const run = known.run ?? begin(known)
  if (run === undefined) return { state: 'not-due', record: known }
  const until = store.now() + leaseMs
  return { state: 'taken', record: { ...known, run, lease: { epoch: store.epoch, until } } }
}

/** What is known of an automation's runs, for people. */
export async function loadAutomation(store: Store, name: string): Promise<AutomationRecord | undefined> {
  const item = await store.get(keyOf(name))
  return item && AutomationRecord.parse(item.value)
}

function keyOf(name: string): string {
  return `automation#${name}`
}

/** The right to go on with a run. Every write names the version, so that whoever was overtaken cannot write any more. */
export class Turn {
  readonly #store: Store
  readonly #key: string
  #record: AutomationRecord
  #version: number

  constructor(store: Store, key: string, record: AutomationRecord, version: number) {
    this.#store = store
    this.#key = key
    this.#record = record
    this.#version = version
  }

  /** What is to be gone on with. */
  get run(): Run | undefined {
    return this.#record.run
  }

  /** @throws FencedOffError, as all methods do */
  async save(run: Run): Promise<void> {
    await this.#replace({ ...this.#record, run })
  }

  /** Others may go on. */
  async release(): Promise<void> {
    const { lease: _, ...record } = this.#record
    await this.#replace(record)
  }

  /** The run is through, or (`stopped`) cannot be: the next one is that of the next window. */
  async finish({ opens, report }: Run, stopped?: string): Promise<void> {
    const { lease: _, run: __, ...record } = this.#record
    const finished = { opens, at: this.#store.now(), report, ...(stopped !== undefined && { stopped }) }
    await this.#replace({ ...record, since: Math.max(record.since, opens), finished })
  }

  async #replace(record: AutomationRecord): Promise<void> {
    const version = await this.#store.replace(this.#key, this.#version, { value: record })
    if (version === undefined) throw new FencedOffError(`the run of ${this.#key} was taken over`)
    this.#version = version
    this.#record = record
  }
}
