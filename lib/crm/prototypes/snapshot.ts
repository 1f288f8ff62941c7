import { CrmMisconfiguredError } from '../errors.ts'
import type { Entity } from './field.ts'

type Load = () => Promise<{ readonly default: unknown }>

/** The entities the project reads or writes, each in a file of its own so that a bundle holds only what it uses. */
const snapshot: Readonly<Record<string, Load>> = {
  Address: () => import('./snapshot/Address.json', { with: { type: 'json' } }),
  Address_Link: () => import('./snapshot/Address_Link.json', { with: { type: 'json' } }),
  Cases: () => import('./snapshot/Cases.json', { with: { type: 'json' } }),
  Comm_Link: () => import('./snapshot/Comm_Link.json', { with: { type: 'json' } }),
  Communication: () => import('./snapshot/Communication.json', { with: { type: 'json' } }),
  Company: () => import('./snapshot/Company.json', { with: { type: 'json' } }),
  Currency: () => import('./snapshot/Currency.json', { with: { type: 'json' } }),
  Custom_Captions: () => import('./snapshot/Custom_Captions.json', { with: { type: 'json' } }),
  Email: () => import('./snapshot/Email.json', { with: { type: 'json' } }),
  EmailLink: () => import('./snapshot/EmailLink.json', { with: { type: 'json' } }),
  Lead: () => import('./snapshot/Lead.json', { with: { type: 'json' } }),
  NewProduct: () => import('./snapshot/NewProduct.json', { with: { type: 'json' } }),
  Notes: () => import('./snapshot/Notes.json', { with: { type: 'json' } }),
  Opportunity: () => import('./snapshot/Opportunity.json', { with: { type: 'json' } }),
  OrderItems: () => import('./snapshot/OrderItems.json', { with: { type: 'json' } }),
  Orders: () => import('./snapshot/Orders.json', { with: { type: 'json' } }),
  Person: () => import('./snapshot/Person.json', { with: { type: 'json' } }),
  Phone: () => import('./snapshot/Phone.json', { with: { type: 'json' } }),
  PhoneLink: () => import('./snapshot/PhoneLink.json', { with: { type: 'json' } }),
  Pricing: () => import('./snapshot/Pricing.json', { with: { type: 'json' } }),
  PricingList: () => import('./snapshot/PricingList.json', { with: { type: 'json' } }),
  QuoteItems: () => import('./snapshot/QuoteItems.json', { with: { type: 'json' } }),
  Quotes: () => import('./snapshot/Quotes.json', { with: { type: 'json' } }),
  UOM: () => import('./snapshot/UOM.json', { with: { type: 'json' } }),
  Users: () => import('./snapshot/Users.json', { with: { type: 'json' } }),
  vNewProductPriceList: () => import('./snapshot/vNewProductPriceList.json', { with: { type: 'json' } }),
  vPerson: () => import('./snapshot/vPerson.json', { with: { type: 'json' } }),
  vPersonPE: () => import('./snapshot/vPersonPE.json', { with: { type: 'json' } }),
  vSummaryCase: () => import('./snapshot/vSummaryCase.json', { with: { type: 'json' } }),
}

/** Names of the entities the project reads or writes. */
export const ENTITY_NAMES: readonly string[] = Object.keys(snapshot)

const byLowerCase = new Map(Object.entries(snapshot).map(([name, load]) => [name.toLowerCase(), load]))
const loaded = new Map<string, Promise<Entity>>()

/**
 * The committed prototype of an entity, loaded when it is first asked for. Names are compared ignoring case.
 * @throws CrmMisconfiguredError for an entity that is not in the snapshot
 */
export function loadEntity(name: string): Promise<Entity> {
  const key = name.toLowerCase()
  const known = loaded.get(key)
  if (known !== undefined) return known
  const load = byLowerCase.get(key)
  if (load === undefined)
    throw new CrmMisconfiguredError(`the snapshot of the prototypes has no entity "${name}"`)
  const entity = load().then((module) => module.default as Entity)
  loaded.set(key, entity)
  return entity
}
