export type ColumnType =
  | 'string'
  | 'text'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'datetime'
  | 'choice'
  | 'multichoice'

/** What the server puts into a column that a create leaves out: a fixed value, the time, or who is logged on. */
export type Default = string | number | { readonly from: 'clock' | 'user' }

export type Column = {
  /** In its stored casing, which Sage CRM mixes freely: `Pers_FirstName` but `pers_source`. */
  readonly name: string
  readonly type: ColumnType
  /** Characters. */
  readonly maxLength?: number
  readonly mandatory?: true
  readonly readOnly?: true
  readonly hidden?: true
  /** What people read; without one it is made from the name. */
  readonly caption?: string
  /** The selection family in Custom_Captions that lists a choice's codes. */
  readonly family?: string
  readonly default?: Default
  /** The entity whose id this column holds; an id that does not exist is refused. */
  readonly refersTo?: string
  /** Searched often enough for an index. */
  readonly indexed?: true
}

export type EntityDefinition = {
  readonly name: string
  /** `$resourceId` of the prototype; what `Note_ForeignTableId` names. */
  readonly tableId: number
  /** `Comp`, `Pers`, …: the start of its system columns' names. */
  readonly prefix: string
  readonly idColumn: string
  /** The id column first. */
  readonly columns: readonly Column[]
  /** Columns that make up `$title`. */
  readonly title: readonly string[]
  /** The id of the first record; each entity has its own, so that ids mixed up do not pass by chance. */
  readonly firstId?: number
  /** The column that receives `<user>-<id>` when a record is created. */
  readonly reference?: string
  /** Not to be written through the API. */
  readonly readOnly?: true
  /** A read-only view, and the SELECT it is. */
  readonly view?: { readonly sql: string }
}
