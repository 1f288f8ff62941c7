import type { Address, OrderSnapshot } from '../../events/order.ts'
import { sumOfParts } from '../../events/order-sum.ts'
import { splitName } from '../../values/person-name.ts'
import {
  firstEmail,
  firstText,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import { type OrderParts, orderSnapshot, taxesOf } from '../order-event.ts'
import type { Json } from '../source.ts'
import { idOf, type StripeEvent, unixTime } from './event.ts'
import { lineOf, summaryLine } from './lines.ts'
import { type MinorUnits, minorUnitsOf } from './minor-units.ts'

const NOT_FETCHED = 'the lines were not fetched: api.credentials names no "secretKey"'

type Of = {
  readonly shop: string
  readonly orderId: string
  /** Line items as `enrich` has fetched them; undefined when it could not. */
  readonly lineItems: readonly JsonObject[] | undefined
  readonly fact?: 'paid' | 'payment-failed'
}

/**
 * A Checkout Session that was completed (https://docs.stripe.com/api/checkout/sessions/object). Its version is the time of
 * the event, because a session has none.
 */
export function readSession(event: StripeEvent, of: Of): OrderSnapshot {
  const { object: session, createdAt, isLive } = event
  const { shop, orderId, lineItems, fact } = of
  const details = objectOf(session['customer_details'])
  const attributes = attributesOf(session)
  return orderSnapshot(
    {
      ...partsOf(session, lineItems),
      kind: 'order',
      shop,
      orderId,
      standing: { is: 'snapshot', version: createdAt, ...(fact !== undefined && { fact }) },
      number: textOf(session['client_reference_id']) ?? orderId,
      ...(orderId.startsWith('pi_') && {
        url: `https://dashboard.stripe.com/${isLive ? '' : 'test/'}payments/${encodeURIComponent(orderId)}`,
      }),
      state: fact === 'payment-failed' ? 'cancelled' : 'open',
      payment:
        fact === 'payment-failed' ? 'failed' : session['payment_status'] === 'unpaid' ? 'unpaid' : 'paid',
      placedAt: unixTime(session['created']) ?? createdAt,
      updatedAt: createdAt,
      presentment: presentmentOf(session),
      buyer: buyerOf(session, details, attributes),
      billingAddress: addressOf(details),
      shippingAddress: addressOf(shippingDetails(session)),
      discountCodes: [],
      refunds: [],
      attributes: [...attributes, { name: 'Checkout session', value: textOf(session['id']) ?? '' }],
      tags: session['mode'] === 'subscription' ? ['subscription'] : [],
      purchaseOrder: named(attributes, /\b(purchase order|po|po number)\b/i),
      paymentMethod: onlyMethod(session['payment_method_types']),
      ...(lineItems === undefined && { incomplete: NOT_FETCHED }),
    },
    'the amounts Stripe states do not come to its total',
  )
}

/** Whether prices contain the tax is a property of each price; it shows in whether the parts alone come to the total. */
function partsOf(session: JsonObject, lineItems: readonly JsonObject[] | undefined): OrderParts {
  const units = minorUnitsOf(session['currency'])
  const tax = objectOf(session['total_details'])['amount_tax']
  const parts = {
    currency: units.currency,
    lines: lineItems?.map((item, index) => lineOf(item, index, units)) ?? [summaryLine(session, units)],
    shipping: shippingOf(session, units),
    fees: [],
    discounts: [],
    tax: units.text(tax),
    taxes: taxesOf([], units.amount(tax)),
    total: units.text(session['amount_total']),
  }
  const isGross = units.amount(tax).gt(0) && sumOfParts({ ...parts, amountsIncludeTax: true }).eq(parts.total)
  return { ...parts, amountsIncludeTax: isGross }
}

function shippingOf(session: JsonObject, { text }: MinorUnits): OrderSnapshot['shipping'] {
  const cost = session['shipping_cost']
  if (isObject(cost)) {
    return [{ title: 'Shipping', amount: text(cost['amount_subtotal']), tax: text(cost['amount_tax']) }]
  }
  const amount = text(objectOf(session['total_details'])['amount_shipping'])
  return amount === '0' ? [] : [{ title: 'Shipping', amount, tax: '0' }]
}

/** With adaptive pricing buyers pay in their own currency. */
function presentmentOf(session: JsonObject): OrderSnapshot['presentment'] {
  const details = session['presentment_details']
  if (!isObject(details)) return undefined
  const { currency, text } = minorUnitsOf(details['presentment_currency'])
  return currency === '' ? undefined : { currency, total: text(details['presentment_amount']) }
}

type Attribute = OrderSnapshot['attributes'][number]

/** What the buyer was asked for, and what the shop's own program has noted. */
function attributesOf(session: JsonObject): Attribute[] {
  const asked = objectsOf(session['custom_fields']).map((field) => [
    firstText(objectOf(field['label'])['custom'], field['key']),
    textOf(objectOf(field[textOf(field['type']) ?? ''])['value']),
  ])
  const noted = Object.entries(objectOf(session['metadata'])).map(([name, value]) => [name, textOf(value)])
  return [...asked, ...noted].flatMap(([name, value]) =>
    name === undefined || value === undefined ? [] : [{ name, value }],
  )
}

function named(attributes: readonly Attribute[], words: RegExp): string | undefined {
  return attributes.find(({ name }) => words.test(name.replace(/_/g, ' ')))?.value
}

function buyerOf(
  session: JsonObject,
  details: JsonObject,
  attributes: readonly Attribute[],
): OrderSnapshot['buyer'] {
  const collected = objectOf(session['collected_information'])
  const locale = textOf(session['locale'])
  const [taxId] = objectsOf(details['tax_ids'])
  return {
    id: idOf(session['customer']),
    email: firstEmail(details['email'], session['customer_email']),
    phone: textOf(details['phone']),
    ...splitName(firstText(details['individual_name'], collected['individual_name'], details['name']) ?? ''),
    company:
      firstText(details['business_name'], collected['business_name']) ??
      named(attributes, /\b(company|business|organi[sz]ation)\b/i),
    vatNumber: textOf(taxId?.['value']),
    language: locale === 'auto' ? undefined : locale,
  }
}

/** `shipping` before 2022-11-15, `shipping_details`, and since 2025-03-31 below `collected_information`. */
function shippingDetails(session: JsonObject): JsonObject {
  const places = [objectOf(session['collected_information'])['shipping_details'], session['shipping_details']]
  return objectOf([...places, session['shipping']].find(isObject))
}

function addressOf(person: JsonObject): Address | undefined {
  const address = objectOf(person['address'])
  const read = {
    street1: textOf(address['line1']),
    street2: textOf(address['line2']),
    city: textOf(address['city']),
    region: textOf(address['state']),
    postalCode: textOf(address['postal_code']),
    country: textOf(address['country']),
  }
  if (Object.values(read).every((part) => part === undefined)) return undefined
  return { ...splitName(textOf(person['name']) ?? ''), ...read, phone: textOf(person['phone']) }
}

/** Those a buyer could choose from; which one it was is told only when there was one. */
function onlyMethod(types: Json | undefined): string | undefined {
  return Array.isArray(types) && types.length === 1 ? textOf(types[0]) : undefined
}
