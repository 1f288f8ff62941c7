import type { Clock } from './clock.ts'
import { rollUp } from './crm-documents.ts'
import type { CrmModel } from './crm-model.ts'
import type { CrmRecord } from './crm-tables.ts'
import { TRAILING_FIELDS } from './entities.ts'
import type { Random } from './random.ts'
import type { Tracker } from './tracker.ts'

export type PeopleRates = { readonly edits: number; readonly deletions: number }

const EDITABLE: Readonly<Record<string, string>> = {
  Opportunity: 'oppo_stage',
  Quotes: 'quot_description',
  QuoteItems: 'quit_description',
  Communication: 'comm_note',
  Cases: 'case_primarypersonid',
}
/** Salespeople work on quotes above all. */
const EDITED = [...Object.keys(EDITABLE), 'Quotes', 'Quotes', 'QuoteItems', 'QuoteItems']
const DELETABLE = ['Cases', 'Opportunity', 'Notes', 'Communication', 'Quotes', 'QuoteItems']

const RECENT = 10

/** People work with the records too: they edit and delete what they find. */
export class People {
  readonly #crm: CrmModel
  readonly #tracker: Tracker
  readonly #random: Random
  readonly #clock: Clock
  #count = 0

  constructor(crm: CrmModel, tracker: Tracker, random: Random, clock: Clock) {
    this.#crm = crm
    this.#tracker = tracker
    this.#random = random
    this.#clock = clock
  }

  /** So many of each for each event, spread over a time. */
  work(events: number, { edits, deletions }: PeopleRates, lengthMs: number): void {
    for (let count = 0; count < events * edits; count += 1) this.#sometime(lengthMs, () => this.#edit())
    for (let count = 0; count < events * deletions; count += 1) this.#sometime(lengthMs, () => this.#delete())
  }

  #sometime(lengthMs: number, act: () => void): void {
    this.#clock.after(this.#random.between(0, lengthMs), act)
  }

  #edit(): void {
    const entity = this.#random.pick(EDITED)
    const record = this.#any(entity)
    const field = EDITABLE[entity]
    if (record === undefined || field === undefined || !this.#mayLoseMarker(record)) return
    this.#count += 1
    const value = `people's ${this.#count}`
    record.fields.set(field, value)
    record.touched.set(field, { value, at: this.#clock.now })
    record.wasTouched = true
  }

  /** A text that has lost its last line is not known as ours any more, unless the ledger knows it already. */
  #mayLoseMarker({ entity, id }: CrmRecord): boolean {
    return !(entity in TRAILING_FIELDS) || this.#tracker.bound.has(`${entity}|${id}`)
  }

  /** Only what the ledger knows: a record that is deleted before its answer has arrived is made again, as it must be. */
  #delete(): void {
    const record = this.#any(this.#random.pick(DELETABLE))
    if (record === undefined || !this.#tracker.bound.has(`${record.entity}|${record.id}`)) return
    record.deletedAt = this.#clock.now
    record.deletedBy = 'people'
    rollUp(this.#crm.tables, record)
  }

  #any(entity: string) {
    const all = this.#crm.tables.all(entity)
    // Most of what people touch is what has just come in.
    const some = this.#random.chance(0.5) ? all.slice(-RECENT) : all
    const record = some.length === 0 ? undefined : this.#random.pick(some)
    return record?.deletedAt === undefined ? record : undefined
  }
}
