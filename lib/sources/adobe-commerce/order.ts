import type { Address, OrderSnapshot } from '../../events/order.ts'
import { type Big, decimalText } from '../../values/money.ts'
import {
  decimalOf,
  firstEmail,
  firstText,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import { addressOrNone, type OrderOf, orderSnapshot, refundedInAll, taxesOf } from '../order-event.ts'
import type { Json } from '../source.ts'
import { amountOf, linesOf, partsOf } from './parts.ts'

const STATES = new Map<string, OrderSnapshot['state']>([
  ['complete', 'completed'],
  ['closed', 'completed'],
  ['canceled', 'cancelled'],
])

/**
 * An order as the events and the REST API have it. Amounts are in the currency the shop keeps its books in (`base_…`);
 * what the buyer saw is beside them.
 */
export function readOrder(order: JsonObject, of: OrderOf): OrderSnapshot {
  const tax = amountOf(order, 'tax_amount')
  const total = amountOf(order, 'grand_total')
  const currency = firstText(order['base_currency_code'], order['order_currency_code']) ?? ''
  const state = textOf(order['state']) ?? textOf(order['status']) ?? ''
  return orderSnapshot(
    {
      kind: 'order',
      ...of,
      ...partsOf(order),
      ...peopleOf(order),
      standing: { is: 'snapshot', version: timeOf(order['updated_at']) ?? timeOf(order['created_at']) },
      number: of.orderId,
      state: STATES.get(state) ?? 'open',
      payment: paymentOf(order, total),
      fulfilment: fulfilmentOf(order),
      placedAt: timeOf(order['created_at']),
      updatedAt: timeOf(order['updated_at']),
      currency,
      ...presentmentOf(order, currency),
      amountsIncludeTax: false,
      lines: linesOf(order),
      discountCodes: [textOf(order['coupon_code'])].flatMap((code) => code ?? []),
      taxes: taxesOf([], tax),
      tax: decimalText(tax),
      total: decimalText(total),
      refunds: refundedInAll(of.orderId, amountOf(order, 'total_refunded')),
      note: textOf(order['customer_note']),
      attributes: [],
      tags: [],
      paymentMethod: paymentMethodOf(objectOf(order['payment'])),
      purchaseOrder: textOf(objectOf(order['payment'])['po_number']),
    },
    'the amounts Adobe Commerce states for the order do not come to its total',
  )
}

/** `YYYY-MM-DD HH:MM:SS`, which is UTC. */
function timeOf(value: Json | undefined): string | undefined {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/.exec(textOf(value) ?? '') ?? []
  const ms = Date.parse(`${date}T${time}Z`)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

function presentmentOf(order: JsonObject, currency: string): Pick<OrderSnapshot, 'presentment'> {
  const shown = textOf(order['order_currency_code']) ?? currency
  if (shown === currency) return {}
  return { presentment: { currency: shown, total: decimalText(decimalOf(order['grand_total'])) } }
}

function paymentOf(order: JsonObject, total: Big): OrderSnapshot['payment'] {
  const [paid, refunded] = [amountOf(order, 'total_paid'), amountOf(order, 'total_refunded')]
  const authorized = amountOf(objectOf(order['payment']), 'amount_authorized')
  if (refunded.gt(0)) return refunded.lt(paid) ? 'partly-refunded' : 'refunded'
  if (paid.gt(0)) return paid.lt(total) ? 'partly-paid' : 'paid'
  if (textOf(order['state']) === 'canceled') return 'voided'
  return authorized.gt(0) ? 'authorized' : 'unpaid'
}

/** What is virtual, or chosen within another item, is never shipped by itself. */
function fulfilmentOf(order: JsonObject): OrderSnapshot['fulfilment'] {
  const isOnItsOwn = (item: JsonObject) =>
    !isObject(item['parent_item']) && textOf(item['parent_item_id']) === undefined
  const items = objectsOf(order['items']).filter(
    (item) => isOnItsOwn(item) && textOf(item['is_virtual']) !== '1',
  )
  const shipped = items.filter((item) => decimalOf(item['qty_shipped']).gt(0))
  if (shipped.length === 0) return 'unfulfilled'
  const isWhole = (item: JsonObject) => decimalOf(item['qty_shipped']).gte(decimalOf(item['qty_ordered']))
  return items.every(isWhole) ? 'fulfilled' : 'partly-fulfilled'
}

function paymentMethodOf(payment: JsonObject): string | undefined {
  const { additional_information: information } = payment
  const title = Array.isArray(information) ? information[0] : objectOf(information)['method_title']
  return firstText(title, payment['method'])
}

/** Events have a list of addresses with a type; the REST API has the billing address, and the other with the shipping. */
function addressesOf(order: JsonObject) {
  const ofType = (type: string) =>
    objectsOf(order['addresses']).find((address) => textOf(address['address_type']) === type)
  const [assignment] = objectsOf(objectOf(order['extension_attributes'])['shipping_assignments'])
  return {
    billing: objectOf(order['billing_address'] ?? ofType('billing')),
    shipping: objectOf(
      objectOf(assignment?.['shipping'])['address'] ?? order['shipping_address'] ?? ofType('shipping'),
    ),
  }
}

function peopleOf(order: JsonObject): Pick<OrderSnapshot, 'buyer' | 'billingAddress' | 'shippingAddress'> {
  const { billing, shipping } = addressesOf(order)
  return {
    buyer: {
      id: textOf(order['customer_id']),
      email: firstEmail(order['customer_email'], billing['email'], shipping['email']),
      phone: firstText(billing['telephone'], shipping['telephone']),
      firstName: firstText(order['customer_firstname'], billing['firstname'], shipping['firstname']),
      lastName: firstText(order['customer_lastname'], billing['lastname'], shipping['lastname']),
      company: firstText(billing['company'], shipping['company']),
      vatNumber: firstText(billing['vat_id'], order['customer_taxvat'], shipping['vat_id']),
    },
    billingAddress: addressOf(billing),
    shippingAddress: addressOf(shipping),
  }
}

function addressOf(address: JsonObject): Address | undefined {
  const { street } = address
  const [street1, ...more] = Array.isArray(street) ? street.map(textOf) : (textOf(street) ?? '').split('\n')
  const region = isObject(address['region']) ? address['region']['region'] : address['region']
  const parts = {
    firstName: textOf(address['firstname']),
    lastName: textOf(address['lastname']),
    company: textOf(address['company']),
    street1: textOf(street1),
    street2: textOf(more.flatMap((line) => textOf(line) ?? []).join(', ')),
    city: textOf(address['city']),
    region: firstText(region, address['region_code']),
    postalCode: textOf(address['postcode']),
    country: textOf(address['country_id']),
    phone: textOf(address['telephone']),
  }
  return addressOrNone(parts)
}
