import type { Fields, FieldValue } from '../../crm/plan.ts'

/** Without what has no value. */
export function definite(fields: Readonly<Record<string, FieldValue | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((pair): pair is [string, FieldValue] => pair[1] !== undefined),
  )
}
