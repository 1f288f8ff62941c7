import type { Address, OrderSnapshot } from '../../events/order.ts'
import { Big, decimalText, minorDigitsOf, roundTo } from '../../values/money.ts'
import { addingUp } from '../adding-up.ts'
import {
  decimalOf,
  firstEmail,
  firstText,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import {
  addressOrNone,
  namedValues,
  type OrderOf,
  orderSnapshot,
  taxesOf,
  vatNumberIn,
} from '../order-event.ts'
import type { Json } from '../source.ts'
import { partsOf, refundsOf } from './parts.ts'

type Status = Pick<OrderSnapshot, 'state' | 'fulfilment'>

/** By `status_id` (https://developer.bigcommerce.com/docs/rest-management/orders/order-status). */
const STATUSES = new Map<string, Status>([
  ['0', { state: 'draft' }],
  ['2', { state: 'completed', fulfilment: 'fulfilled' }],
  ['3', { state: 'open', fulfilment: 'partly-fulfilled' }],
  ['4', { state: 'completed' }],
  ['5', { state: 'cancelled' }],
  ['6', { state: 'cancelled' }],
  ['10', { state: 'completed', fulfilment: 'fulfilled' }],
])

const PAYMENTS = new Map<string, OrderSnapshot['payment']>([
  ['authorized', 'authorized'],
  ['captured', 'paid'],
  ['capture pending', 'authorized'],
  ['declined', 'failed'],
  ['held for review', 'unpaid'],
  ['paid', 'paid'],
  ['partially refunded', 'partly-refunded'],
  ['pending', 'unpaid'],
  ['refunded', 'refunded'],
  ['void', 'voided'],
  ['void pending', 'voided'],
])

export function stateOf(statusId: Json | undefined): OrderSnapshot['state'] {
  return STATUSES.get(textOf(statusId) ?? '')?.state ?? 'open'
}

/** A date of version 2 (RFC 2822 with a zone), as ISO 8601 in UTC. */
export function timeOf(value: Json | undefined): string | undefined {
  const text = textOf(value) ?? ''
  const ms = /\d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT|UT)$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

/**
 * What `fetchBigCommerceOrder` has fetched. Amounts come with and without tax; the order's discounts only as the shop
 * enters its prices, and it does not say how. Those amounts are taken that come to the total.
 */
export function readOrder(fetched: JsonObject, of: OrderOf, fact: string | undefined): OrderSnapshot {
  const order = objectOf(fetched['order'])
  const currency = currencyOf(order)
  const total = decimalOf(order['total_inc_tax'])
  const ways = [partsOf(fetched, 'ex_tax', currency), partsOf(fetched, 'inc_tax', currency)] as const
  const parts = addingUp(ways, total)
  const status = STATUSES.get(textOf(order['status_id']) ?? '')
  return orderSnapshot(
    {
      kind: 'order',
      ...of,
      ...parts,
      ...peopleOf(fetched),
      standing: {
        is: 'snapshot',
        version: timeOf(order['date_modified']) ?? timeOf(order['date_created']),
        ...(fact !== undefined && { fact }),
      },
      number: textOf(order['id']) ?? of.orderId,
      state: order['is_deleted'] === true ? 'deleted' : (status?.state ?? 'open'),
      payment: PAYMENTS.get((textOf(order['payment_status']) ?? '').toLowerCase()),
      fulfilment: status?.fulfilment ?? fulfilmentOf(order),
      placedAt: timeOf(order['date_created']),
      updatedAt: timeOf(order['date_modified']),
      currency,
      ...presentmentOf(order, currency),
      discountCodes: objectsOf(fetched['coupons']).flatMap(({ code }) => textOf(code) ?? []),
      taxes: taxesOf([], decimalOf(order['total_tax'])),
      total: decimalText(total),
      refunds: refundsOf(fetched, of.orderId),
      note: textOf(order['customer_message']),
      attributes: [
        ...namedValues(objectOf(order['billing_address'])['form_fields'], 'name'),
        ...paidWithOf(order),
      ],
      tags: [],
      paymentMethod: textOf(order['payment_method']),
    },
    'the amounts BigCommerce states for the order do not come to its total',
  )
}

/** Amounts are in the currency that is paid in; `currency_code` is what the prices were shown in. */
function currencyOf(order: JsonObject): string {
  return (firstText(order['default_currency_code'], order['currency_code']) ?? '').toUpperCase()
}

function presentmentOf(order: JsonObject, currency: string): Pick<OrderSnapshot, 'presentment'> {
  const shown = (textOf(order['currency_code']) ?? currency).toUpperCase()
  const rate = decimalOf(order['currency_exchange_rate'])
  if (shown === currency || rate.eq(0)) return {}
  const total = roundTo(decimalOf(order['total_inc_tax']).times(rate), minorDigitsOf(shown))
  return { presentment: { currency: shown, total: decimalText(total) } }
}

function fulfilmentOf(order: JsonObject): OrderSnapshot['fulfilment'] {
  const [shipped, all] = [decimalOf(order['items_shipped']), decimalOf(order['items_total'])]
  if (shipped.eq(0)) return 'unfulfilled'
  return shipped.lt(all) ? 'partly-fulfilled' : 'fulfilled'
}

/** Credit and gift certificates are means of payment: the total contains what they paid. */
function paidWithOf(order: JsonObject): OrderSnapshot['attributes'] {
  const means = [
    ['Store credit', order['store_credit_amount']],
    ['Gift certificate', order['gift_certificate_amount']],
  ] as const
  return means
    .filter(([, amount]) => decimalOf(amount).gt(new Big(0)))
    .map(([name, amount]) => ({ name, value: decimalText(decimalOf(amount)) }))
}

function peopleOf(fetched: JsonObject): Pick<OrderSnapshot, 'buyer' | 'billingAddress' | 'shippingAddress'> {
  const order = objectOf(fetched['order'])
  const billing = objectOf(order['billing_address'])
  const [shipping = {}] = objectsOf(fetched['shippingAddresses'])
  const customer = textOf(order['customer_id'])
  const [billingAddress, shippingAddress] = [addressOf(billing), addressOf(shipping)]
  return {
    buyer: {
      id: customer === '0' ? undefined : customer,
      email: firstEmail(billing['email'], shipping['email']),
      phone: firstText(billing['phone'], shipping['phone']),
      firstName: firstText(billing['first_name'], shipping['first_name']),
      lastName: firstText(billing['last_name'], shipping['last_name']),
      company: firstText(billing['company'], shipping['company']),
      vatNumber: vatNumberIn(namedValues(billing['form_fields'], 'name'), textOf(order['customer_message'])),
      language: textOf(order['customer_locale']),
    },
    billingAddress,
    shippingAddress,
  }
}

function addressOf(address: JsonObject): Address | undefined {
  const parts = {
    firstName: textOf(address['first_name']),
    lastName: textOf(address['last_name']),
    company: textOf(address['company']),
    street1: textOf(address['street_1']),
    street2: textOf(address['street_2']),
    city: textOf(address['city']),
    region: textOf(address['state']),
    postalCode: textOf(address['zip']),
    country: firstText(address['country_iso2'], address['country']),
    phone: textOf(address['phone']),
  }
  return addressOrNone(parts)
}
