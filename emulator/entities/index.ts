import { address } from './address.ts'
import { cases } from './cases.ts'
import { company } from './company.ts'
import { customCaptions } from './custom-captions.ts'
import { email } from './email.ts'
import type { Column, EntityDefinition } from './entity.ts'
import { notes } from './notes.ts'
import { person } from './person.ts'
import { phone } from './phone.ts'
import { users } from './users.ts'
import { vAddressCompany, vCompany, vPerson } from './views.ts'

/**
 * Every entity the emulator serves. The table ids of Company (5) and Person (13) are Sage CRM's; the others are ours, so
 * clients read them from `$resourceId` of the prototypes.
 */
export const entities: readonly EntityDefinition[] = [
  company,
  person,
  address,
  phone,
  email,
  cases,
  notes,
  users,
  customCaptions,
  vPerson,
  vCompany,
  vAddressCompany,
]

const byName = new Map(entities.map((entity) => [entity.name.toLowerCase(), entity]))

/** The entity of a resource name in any letter case. */
export function findEntity(name: string): EntityDefinition | undefined {
  return byName.get(name.toLowerCase())
}

/** An entity that must exist because our own data name it. */
export function entityNamed(name: string): EntityDefinition {
  const entity = findEntity(name)
  if (entity === undefined) throw new Error(`no entity ${name}`)
  return entity
}

/** A column by its name in any letter case. */
export function findColumn(entity: EntityDefinition, name: string): Column | undefined {
  const wanted = name.toLowerCase()
  return entity.columns.find((column) => column.name.toLowerCase() === wanted)
}
