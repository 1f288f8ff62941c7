import { address } from './address.ts'
import { campaigns, channel, library, territories } from './administration.ts'
import { cases } from './cases.ts'
import { commLink } from './comm-link.ts'
import { communication } from './communication.ts'
import { company } from './company.ts'
import { customCaptions } from './custom-captions.ts'
import { orders, quotes } from './documents.ts'
import { email } from './email.ts'
import type { Column, EntityDefinition } from './entity.ts'
import { lead } from './lead.ts'
import { orderItems, quoteItems } from './line-items.ts'
import { addressLink, emailLink, personLink, phoneLink } from './link-tables.ts'
import { notes } from './notes.ts'
import { opportunity } from './opportunity.ts'
import { person } from './person.ts'
import { phone } from './phone.ts'
import { currency, newProduct, pricing, pricingList, productFamily, uom } from './products.ts'
import { project } from './project.ts'
import { users } from './users.ts'
import * as views from './views.ts'

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
  addressLink,
  personLink,
  phoneLink,
  emailLink,
  cases,
  opportunity,
  lead,
  communication,
  commLink,
  notes,
  quotes,
  quoteItems,
  orders,
  orderItems,
  productFamily,
  newProduct,
  uom,
  pricingList,
  pricing,
  currency,
  users,
  customCaptions,
  territories,
  channel,
  library,
  campaigns,
  project,
  ...Object.values(views),
]

const byName = byLowerCaseName(entities)

function byLowerCaseName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [one.name.toLowerCase(), one]))
}

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

const columnsByName = new Map(entities.map((entity) => [entity, byLowerCaseName(entity.columns)]))

/** A column by its name in any letter case. */
export function findColumn(entity: EntityDefinition, name: string): Column | undefined {
  return columnsByName.get(entity)?.get(name.toLowerCase())
}
