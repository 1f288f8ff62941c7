export const FIELD_TYPES = [
  'string',
  'integer',
  'decimal',
  'boolean',
  'datetime',
  'choice',
  'multi-choice',
  'reference',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export type Choice = { readonly code: string; readonly caption: string }

/** One column of an entity, in words that no release of Sage CRM can change. */
export type Field = {
  /** The column's own casing, e.g. `pers_source` or `Pers_FirstName`. */
  readonly name: string
  readonly caption: string
  readonly type: FieldType
  /** In UTF-16 units, as SQL Server's nvarchar counts. */
  readonly maxLength?: number
  readonly mandatory: boolean
  readonly readOnly: boolean
  readonly hidden: boolean
  readonly choices?: readonly Choice[]
}

/** An entity or a read-only view. */
export type Entity = {
  readonly name: string
  /** What `Note_ForeignTableId` and the like refer to it by. */
  readonly tableId: number
  readonly view: boolean
  /** The column that holds a record's id; absent for views and where the name does not tell. */
  readonly idField?: string
  readonly fields: readonly Field[]
}

/** The field with this name, whatever its casing: Sage CRM's own casing is a mix. */
export function findField(entity: Entity, name: string): Field | undefined {
  const wanted = name.toLowerCase()
  return entity.fields.find((field) => field.name.toLowerCase() === wanted)
}
