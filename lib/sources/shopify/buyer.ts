import type { Address, OrderSnapshot } from '../../events/order.ts'
import { splitName } from '../../values/person-name.ts'
import { firstEmail, firstText, isObject, type JsonObject, objectOf, textOf } from '../loose-json.ts'
import { addressOrNone, vatNumberIn } from '../order-event.ts'
import type { Json } from '../source.ts'
import type { Attribute } from './lines.ts'

export function addressOf(value: Json | undefined): Address | undefined {
  if (!isObject(value)) return undefined
  const address = {
    ...nameOf(value),
    company: textOf(value['company']),
    street1: textOf(value['address1']),
    street2: textOf(value['address2']),
    city: textOf(value['city']),
    region: firstText(value['province'], value['province_code']),
    postalCode: textOf(value['zip']),
    country: firstText(value['country_code'], value['country']),
    phone: textOf(value['phone']),
  }
  return addressOrNone(address)
}

type Name = { readonly firstName?: string | undefined; readonly lastName?: string | undefined }

function nameOf(person: JsonObject): Name {
  const [firstName, lastName] = [textOf(person['first_name']), textOf(person['last_name'])]
  return firstName === undefined && lastName === undefined
    ? splitName(textOf(person['name']) ?? '')
    : { firstName, lastName }
}

/**
 * Who ordered. Any of customer, addresses and e-mail may be null: at a till, in a draft, for digital goods. The name is
 * that of the first of customer, billing and shipping address that has one.
 */
export function buyerOf(order: JsonObject, attributes: readonly Attribute[]): OrderSnapshot['buyer'] {
  const customer = objectOf(order['customer'])
  const home = objectOf(customer['default_address'])
  const [billing, shipping] = [objectOf(order['billing_address']), objectOf(order['shipping_address'])]
  const names = [customer, billing, shipping, home].map(nameOf)
  return {
    id: textOf(customer['id']),
    email: firstEmail(order['contact_email'], order['email'], customer['email']),
    phone: firstText(order['phone'], customer['phone'], billing['phone'], shipping['phone'], home['phone']),
    ...names.find(({ firstName, lastName }) => firstName !== undefined || lastName !== undefined),
    company: firstText(billing['company'], shipping['company'], home['company']),
    vatNumber: vatNumberIn(attributes, textOf(order['note']), textOf(customer['note'])),
    language: textOf(order['customer_locale']),
  }
}
