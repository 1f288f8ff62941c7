import type { Expression } from './where.ts'

/**
 * A field of a plan: a plain value, or one that is known only when the plan is applied.
 * - `ref`: the id of an earlier step's record, or a field that step carries (left out when it has none).
 * - `fit`: text that may be shortened to the column's length.
 * - `tableOf`: the table id of an entity, as its prototype gives it.
 * - `caption`: the code of the field's selection list that people know by this caption, or by the code itself. `orOmit`: the
 *   field is left out when the list has none.
 * - `note`: text for people, followed by what is shortened or left out in other fields of the plan.
 * - `whether`: one value when this record is there, another (or none) when it is not.
 */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | { readonly ref: string; readonly carried?: string }
  | { readonly fit: string }
  | { readonly tableOf: string }
  | { readonly caption: string; readonly orOmit?: true }
  | { readonly note: string; readonly ending?: string }
  | { readonly whether: string; readonly there: FieldValue; readonly otherwise?: FieldValue }

export type Fields = Readonly<Record<string, FieldValue>>

/** Child records created with their parent in one POST (deep insert), by the key Sage CRM knows them by. */
export type Children = Readonly<Record<string, readonly Child[]>>
export type Child = { readonly type: string; readonly isDefault?: boolean; readonly fields: Fields }

/**
 * How a step finds the record it stands for.
 * - `marker`: a field that holds our marker. Found only if we wrote it.
 * - `natural`: the key people would use. `key` names it in the ledger, which lets one subject at a time create it.
 * - `trailing-line`: the marker is the last line of a text field, compared on our side among the rows of `where`.
 * - `equal`: these fields of `create` tell it from all others: a quote's line number, of a quote that is ours.
 * - `id`: a record that is there, whoever made it. It is never created, and its `update` is written only while its fields
 *   still hold what `seen` says: else people were faster, the step is skipped and so is what needs it.
 * - `step`: the record of an earlier step, of which more becomes known later. Its `update` fills what is empty, or what a write
 *   of ours left there; what people have put there stays.
 */
export type Match =
  | { readonly by: 'marker'; readonly field: string }
  | {
      readonly by: 'natural'
      readonly key: string
      readonly search: readonly Search[]
      /** Which of several that match is meant; the oldest (the lowest id) unless told otherwise. */
      readonly several?: 'oldest' | 'newest'
      /** Once known it is that record, whatever key a later event of the subject names. */
      readonly stays?: true
    }
  | { readonly by: 'trailing-line'; readonly field: string; readonly where: Expression }
  | { readonly by: 'equal'; readonly fields: readonly string[] }
  | { readonly by: 'id'; readonly id: string; readonly seen: Seen }
  | { readonly by: 'step'; readonly of: string }

/** What fields of a record were when somebody looked: times in UTC with whole seconds, nothing as null. */
export type Seen = Readonly<Record<string, string | number | boolean | null>>

/** One look-up of a natural match: where to look and which field of the row holds the wanted record's id. */
export type Search = {
  readonly resource: string
  readonly where: Expression
  readonly idField?: string
  /** Compared again on our side, ignoring case and surrounding blanks: the database's `like` and collation may be wider. */
  readonly equal: Readonly<Record<string, FieldValue>>
}

/** One record the CRM should contain afterwards. Later steps refer to earlier ones by `as`. */
export type Step = {
  readonly as: string
  readonly resource: string
  readonly match: Match
  readonly create: Fields
  /**
   * What a record we made shall contain later on. Only fields whose wanted value is new are written, and of those only the
   * ones that still hold what our last write left there: the others are people's. Never of a record found by a natural key.
   * Of a record matched by its id: what shall be in it, once.
   */
  readonly update?: Fields
  readonly children?: Children
  /** Fields of the record later steps refer to, by the name they use: `{ company: 'pers_companyid' }`. */
  readonly carry?: Readonly<Record<string, string>>
  readonly needs: readonly string[]
  /** What people have changed is changed back when something else is wanted. */
  readonly overwrite?: true
  /** One of the lines of the plan's document: they are written in their order. */
  readonly line?: true
  /** `left`: only when the plan's document was left to people. */
  readonly when?: 'left'
  /** Only when a record that was found says something else, or was one of several: that goes into a text field. */
  readonly differs?: Differs
}

/** What a record that people own should say by what was sent. `text` is the field of the step that tells the differences. */
export type Differs = {
  readonly as: string
  readonly text: string
  readonly heading: string
  readonly wanted: readonly Wanted[]
  readonly linked?: Linked
}

/** What a field should say by what was sent. `isCaption`: what it holds is the code of that caption. */
export type Wanted = {
  readonly label: string
  readonly field: string
  readonly value: string
  readonly isCaption?: true
}

/** What another record should say whose id is in the field `id`: a company's address. */
export type Linked = { readonly resource: string; readonly id: string; readonly wanted: readonly Wanted[] }

/**
 * A record that has to be there already: a currency, a product. It is looked up while steps that do not need it go on, and
 * never made. Those of the same resource and field are asked for together.
 */
export type Known = {
  readonly as: string
  readonly resource: string
  readonly field: string
  /** What the field holds; a `ref` names another known record, which is looked up first. */
  readonly value: FieldValue
  /** What else has to be so, compared on this side. */
  readonly and?: Fields
  readonly carry?: Readonly<Record<string, string>>
  /** Why nothing can be done without it. Otherwise the plan goes on, and `whether` tells. */
  readonly required?: string
}

/**
 * A record whose lines are records of their own: a quote. The `as` of a line is `lines` and its number. Lines that are
 * bound and no longer in the plan are removed; those that want another value in a field of `fixed` are replaced.
 */
export type Document = {
  /** The `as` of its step. */
  readonly head: string
  readonly lines: string
  readonly lineResource: string
  readonly lineOwner: string
  readonly lineNumber: string
  readonly fixed: readonly string[]
  /** Fields by which is told whether people have worked on it. */
  readonly watched: { readonly head: readonly string[]; readonly line: readonly string[] }
  /** What becomes of a document that people have worked on: nothing; or all but the fields they changed; or everything. */
  readonly edited: 'leave' | 'merge' | 'overwrite'
  /** A field of the head, and values with which nothing is ever changed. */
  readonly closed: { readonly field: string; readonly values: readonly string[] }
  /** Of a removed line: deleted, or these fields written where it cannot be. */
  readonly removed: 'delete' | 'zero'
  readonly zero: Fields
  /** How many lines are written at once; 1 keeps their order. */
  readonly lineConcurrency: number
  readonly totals: Totals
}

/** What the CRM has to make of the lines. Amounts are decimals. */
export type Totals = {
  /** By fields of the head. */
  readonly expected: Readonly<Record<string, string>>
  /** Decimals of the currency. */
  readonly digits: number
  /** The field of a line that holds its total, and what that has to be, by line number. */
  readonly lineTotal: string
  readonly lines: readonly { readonly number: number; readonly text: string; readonly total: string }[]
  /**
   * Who makes the totals: the CRM; we, where it does not add up what is written through REST; or the CRM unless the document is
   * found without totals although its lines are there: then it is us, for this document from then on.
   */
  readonly addedUpBy: 'crm' | 'us' | 'detected'
  /** Fields of the head that hold nothing while nobody has added up. */
  readonly sums: readonly string[]
  /** The fields we write then, by step. */
  readonly written: Readonly<Record<string, Fields>>
  /** Where people see that the totals differ. */
  readonly mark: { readonly field: string; readonly text: string }
}

/** A note of the record that an earlier step, `of`, stands for, recognised by the marker in its last line. */
export function noteOf(as: string, of: string, resource: string, text: FieldValue): Step {
  const owner = { note_foreigntableid: { tableOf: resource }, note_foreignid: { ref: of } } as const
  const where = Object.entries(owner).map(([field, value]) => ({ op: 'eq', field, value }) as const)
  return {
    as,
    resource: 'Notes',
    needs: [of],
    match: { by: 'trailing-line', field: 'note_note', where: { op: 'and', of: where } },
    create: { note_note: text, ...owner },
  }
}

/** What the CRM should contain afterwards: data only, no writes. */
export type Plan = {
  readonly steps: readonly Step[]
  readonly known?: readonly Known[]
  readonly document?: Document
}
