import type { IntegrationConfig } from '../../config/config.ts'
import type { Child, FieldValue, Step } from '../../crm/plan.ts'
import type { Address, OrderSnapshot } from '../../events/order.ts'
import type { Said } from '../differences.ts'
import { companyNamed, personWithEmail } from '../party-steps.ts'
import { addressText, type Buyer, buyerOf, nameOf } from './buyer.ts'
import type { FullMapping } from './mapping.ts'

/**
 * Company and person of an order. A company is known by its name, a person by the e-mail address; without one nobody can be
 * told apart, and the note says who ordered. What is there is never changed by what a shop says.
 */
export function partySteps(
  order: OrderSnapshot,
  mapping: FullMapping,
  crm: IntegrationConfig['crm'],
): Step[] {
  const buyer = buyerOf(order)
  const company = companyStep(buyer, mapping)
  const person = personStep(order, buyer, company, mapping, crm)
  return [company, person].flatMap((step) => step ?? [])
}

function companyStep(buyer: Buyer, { privateBuyers, several }: FullMapping): Step | undefined {
  const named = buyer.company ?? privateCompany(buyer, privateBuyers)
  if (named === undefined) return undefined
  const isShared = buyer.company === undefined && typeof privateBuyers === 'object'
  return companyNamed(named, { several }, isShared ? undefined : addressChildren(buyer.address))
}

/** A company of its own has the e-mail address in its name: two buyers of one name are not one company. */
function privateCompany(buyer: Buyer, policy: FullMapping['privateBuyers']): string | undefined {
  if (typeof policy === 'object') return policy.company
  if (policy === 'person' || buyer.email === undefined) return undefined
  const name = nameOf(buyer)
  return name === undefined ? buyer.email : `${name} (${buyer.email})`
}

function personStep(
  order: OrderSnapshot,
  buyer: Buyer,
  company: Step | undefined,
  { several }: FullMapping,
  crm: IntegrationConfig['crm'],
): Step | undefined {
  const { email } = buyer
  if (email === undefined) return undefined
  return personWithEmail({ ...buyer, email }, company, crm, { several }, addressesOf(order))
}

/** Where the bill goes first; where the parcel goes, if that is elsewhere. */
function addressesOf({ billingAddress, shippingAddress }: OrderSnapshot): { address?: Child[] } {
  const isSame = addressText(billingAddress) === addressText(shippingAddress)
  const own = addressChild(billingAddress ?? shippingAddress, 'Business', true)
  const other =
    isSame || billingAddress === undefined ? undefined : addressChild(shippingAddress, 'Shipping', false)
  const children = [own, other].flatMap((child) => child ?? [])
  return children.length === 0 ? {} : { address: children }
}

function addressChildren(address: Address | undefined): { address?: Child[] } {
  const child = addressChild(address, 'Business', true)
  return child === undefined ? {} : { address: [child] }
}

function addressChild(address: Address | undefined, type: string, isDefault: boolean): Child | undefined {
  const { street1, street2, city, region, postalCode, country } = address ?? {}
  const texts = {
    addr_address1: street1,
    addr_address2: street2,
    addr_city: city,
    addr_state: region,
    addr_postcode: postalCode,
  }
  const fields = Object.entries(texts).flatMap(([name, text]): [string, FieldValue][] =>
    text === undefined ? [] : [[name, { fit: text }]],
  )
  if (fields.length === 0) return undefined
  const where = country === undefined ? {} : { addr_country: { caption: country, orOmit: true as const } }
  return { type, isDefault, fields: { ...Object.fromEntries(fields), ...where } }
}

/** What the order says of its parties; of a company that stands for private buyers it says nothing. */
export function saidBy(order: OrderSnapshot): Said {
  const { firstName, lastName, phone, company } = buyerOf(order)
  const by = `Order ${order.number} of ${order.shop}`
  return { by, firstName, lastName, phone, company, address: order.billingAddress }
}
