import type { Expression } from './where.ts'

/**
 * A field of a plan: a plain value, or one that is known only when the plan is applied.
 * - `ref`: the id of an earlier step's record, or a field that step carries (left out when it has none).
 * - `fit`: text that may be shortened to the column's length.
 * - `tableOf`: the table id of an entity, as its prototype gives it.
 */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | { readonly ref: string; readonly carried?: string }
  | { readonly fit: string }
  | { readonly tableOf: string }

export type Fields = Readonly<Record<string, FieldValue>>

/** Child records created with their parent in one POST (deep insert), by the key Sage CRM knows them by. */
export type Children = Readonly<Record<string, readonly Child[]>>
export type Child = { readonly type: string; readonly isDefault?: boolean; readonly fields: Fields }

/**
 * How a step finds the record it stands for.
 * - `marker`: a field that holds our marker. Found only if we wrote it.
 * - `natural`: the key people would use. `key` names it in the ledger, which lets one subject at a time create it.
 * - `trailing-line`: the marker is the last line of a text field, compared on our side among the rows of `where`.
 * - `id`: a record that is there, whoever made it. It is never created, and its `update` is written only while its fields
 *   still hold what `seen` says: else people were faster, the step is skipped and so is what needs it.
 */
export type Match =
  | { readonly by: 'marker'; readonly field: string }
  | { readonly by: 'natural'; readonly key: string; readonly search: readonly Search[] }
  | { readonly by: 'trailing-line'; readonly field: string; readonly where: Expression }
  | { readonly by: 'id'; readonly id: string; readonly seen: Seen }

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
}

/** What the CRM should contain afterwards: data only, no writes. */
export type Plan = { readonly steps: readonly Step[] }
