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

/** One entry of a selection list. Records hold its code; people see its caption. */
export type Choice = {
  readonly code: string
  readonly caption: string
  /** By language as Sage CRM names it (`DE`, `FR`), where it is not the same as `caption`. */
  readonly captions?: Readonly<Record<string, string>>
}

/** One column of an entity, in words that no release of Sage CRM can change. */
export type Field = {
  /** The column's own casing, e.g. `pers_source` or `Pers_FirstName`. */
  readonly name: string
  readonly caption: string
  readonly type: FieldType
  /** In UTF-16 units, as SQL Server's nvarchar counts. Absent where the CRM does not say: then only it checks. */
  readonly maxLength?: number
  readonly mandatory: boolean
  readonly readOnly: boolean
  readonly hidden: boolean
  /** Absent where there is no list, or nobody says what is in it: then any code is let through. */
  readonly choices?: readonly Choice[]
  /** The entity whose id it holds. */
  readonly references?: string
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

/** Whether a record cannot be created without it. What no screen shows, the CRM fills in by itself. */
export function isRequired({ mandatory, readOnly, hidden }: Field): boolean {
  return mandatory && !readOnly && !hidden
}
