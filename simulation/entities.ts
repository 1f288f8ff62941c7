import type { Entity } from '../lib/crm/prototypes/field.ts'
import { ENTITY_NAMES, loadEntity } from '../lib/crm/prototypes/snapshot.ts'

/** Where the plans put their markers. */
export const MARKER_FIELDS: Readonly<Record<string, string>> = {
  Cases: 'case_customerref',
  Opportunity: 'oppo_customerref',
}
/** Fields with our marker as their last line. */
export const TRAILING_FIELDS: Readonly<Record<string, string>> = {
  Notes: 'note_note',
  Communication: 'comm_note',
}

/** Words in a description that the simulated CRM always answers with 400, or with 500. */
export const POISON = { rejected: 'POISON-400', failing: 'POISON-500' } as const

export const PERSON_TABLE = 13

/** The committed prototypes, all read before time begins: the real plans are resolved against the real columns. */
const ENTITIES = new Map(
  await Promise.all(ENTITY_NAMES.map(async (name) => [name.toLowerCase(), loadEntity(name)] as const)),
)
await Promise.all(ENTITIES.values())

export function entityOf(name: string): Promise<Entity> {
  return ENTITIES.get(name.toLowerCase()) ?? Promise.reject(new Error(`there is no entity "${name}"`))
}
