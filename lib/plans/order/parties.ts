import type { IntegrationConfig } from '../../config/config.ts'
import type { Child, FieldValue, Step } from '../../crm/plan.ts'
import type { Address, OrderSnapshot } from '../../events/order.ts'
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

/** What the shop says of a known person otherwise than the CRM, for people to decide. */
export function differencesStep(order: OrderSnapshot, parties: readonly Step[], heading: string): Step[] {
  if (!parties.some(({ as }) => as === 'person')) return []
  const { firstName, lastName, phone } = buyerOf(order)
  const wanted = [
    { label: 'First name', field: 'pers_firstname', value: firstName },
    { label: 'Last name', field: 'pers_lastname', value: lastName },
    { label: 'Phone', field: 'pers_phonenumber', value: phone },
  ].flatMap(({ value, ...one }) => (value === undefined ? [] : [{ ...one, value }]))
  const owner = {
    note_foreigntableid: { tableOf: 'Opportunity' },
    note_foreignid: { ref: 'opportunity' },
  } as const
  return [
    {
      as: 'differences',
      resource: 'Notes',
      needs: ['person', 'opportunity'],
      match: {
        by: 'trailing-line',
        field: 'note_note',
        where: {
          op: 'and',
          of: Object.entries(owner).map(([field, value]) => ({ op: 'eq' as const, field, value })),
        },
      },
      differs: { as: 'person', text: 'note_note', heading, wanted },
      create: { note_note: '', ...owner },
    },
  ]
}
