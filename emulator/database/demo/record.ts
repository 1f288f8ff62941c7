/** A record named by its title or a part of it, such as the person William Agnew. */
export type Named = { readonly named: readonly [entity: string, title: string] }

/** What a create takes; a name stands for the id of its record. */
export type DemoFields = Readonly<Record<string, unknown>>

/** A record of the demo company base. */
export type DemoRecord = {
  readonly entity: string
  readonly fields: DemoFields
  /** When it was made. */
  readonly at?: string
  /** Where the id is known, as those of territories and currencies are. */
  readonly id?: number
}

export function named(entity: string, title: string): Named {
  return { named: [entity, title] }
}

/** Records of one entity from rows of any shape. */
export function records<Row>(
  entity: string,
  rows: readonly Row[],
  fields: (row: Row) => DemoFields & { at?: string; id?: number },
): readonly DemoRecord[] {
  return rows.map((row) => {
    const { at, id, ...values } = fields(row)
    return { entity, fields: values, ...(at !== undefined && { at }), ...(id !== undefined && { id }) }
  })
}
