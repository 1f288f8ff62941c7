import type { Address, OrderSnapshot } from '../../events/order.ts'
import { type Big, decimalText, sumOf } from '../../values/money.ts'
import { splitName } from '../../values/person-name.ts'
import {
  firstEmail,
  firstText,
  instantOf,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import { addressOrNone, type OrderOf, orderSnapshot, taxesOf, vatNumberIn } from '../order-event.ts'
import type { Json } from '../source.ts'
import { moneyOf, partsOf } from './parts.ts'

const STATES = new Map<string, OrderSnapshot['state']>([
  ['DRAFT', 'draft'],
  ['COMPLETED', 'completed'],
  ['CANCELED', 'cancelled'],
])

export function stateOf(state: Json | undefined): OrderSnapshot['state'] {
  return STATES.get(textOf(state) ?? '') ?? 'open'
}

/**
 * What `fetchSquareOrder` has fetched (https://developer.squareup.com/reference/square/objects/Order). The total is what
 * was ordered: returns are in `refunds`.
 */
export function readOrder(fetched: JsonObject, of: OrderOf): OrderSnapshot {
  const order = objectOf(fetched['order'])
  const [total, tax] = [moneyOf(order['total_money']), moneyOf(order['total_tax_money'])]
  const refunds = refundsOf(order)
  const attributes = Object.entries(objectOf(order['metadata'])).flatMap(([name, value]) => {
    const text = textOf(value)
    return text === undefined ? [] : [{ name, value: text }]
  })
  const version = Number(order['version'])
  return orderSnapshot(
    {
      kind: 'order',
      ...of,
      ...partsOf(order),
      ...peopleOf(fetched, attributes),
      standing: { is: 'snapshot', ...(Number.isInteger(version) && { version }) },
      number: firstText(order['reference_id'], order['ticket_name'], order['id']) ?? of.orderId,
      state: stateOf(order['state']),
      payment: paymentOf(order, sumOf(refunds.map(({ amount }) => amount)), total),
      fulfilment: fulfilmentOf(order),
      placedAt: instantOf(order['created_at']),
      updatedAt: instantOf(order['updated_at']),
      currency: textOf(objectOf(order['total_money'])['currency']) ?? '',
      discountCodes: [],
      taxes: taxesOf(
        objectsOf(order['taxes']).map((one) => ({
          title: textOf(one['name']) ?? 'Tax',
          rate: textOf(one['percentage']),
          amount: moneyOf(one['applied_money']),
        })),
        tax,
      ),
      tax: decimalText(tax),
      total: decimalText(total),
      refunds: refunds.map(({ amount, ...refund }) => ({ ...refund, amount: decimalText(amount) })),
      attributes,
      tags: [],
      note: noteOf(order),
      paymentMethod: textOf(objectsOf(order['tenders'])[0]?.['type']),
    },
    'the amounts Square states for the order do not come to its total',
  )
}

function paymentOf(order: JsonObject, refunded: Big, total: Big): OrderSnapshot['payment'] {
  if (refunded.gt(0)) return refunded.lt(total) ? 'partly-refunded' : 'refunded'
  const tenders = objectsOf(order['tenders'])
  if (tenders.some((tender) => objectOf(tender['card_details'])['status'] === 'AUTHORIZED'))
    return 'authorized'
  const paid = sumOf(tenders.map((tender) => moneyOf(tender['amount_money'])))
  if (paid.eq(0)) return total.eq(0) ? 'paid' : 'unpaid'
  return paid.lt(total) ? 'partly-paid' : 'paid'
}

function fulfilmentOf(order: JsonObject): OrderSnapshot['fulfilment'] {
  const states = objectsOf(order['fulfillments']).map(({ state }) => textOf(state))
  if (states.length === 0) return undefined
  const completed = states.filter((state) => state === 'COMPLETED').length
  if (completed === 0) return 'unfulfilled'
  return completed < states.length ? 'partly-fulfilled' : 'fulfilled'
}

function refundsOf(order: JsonObject) {
  const counted = objectsOf(order['refunds']).filter(
    ({ status }) => status === 'APPROVED' || status === 'COMPLETED',
  )
  return counted.map((refund, index) => ({
    id: textOf(refund['id']) ?? `refund-${index + 1}`,
    at: instantOf(refund['created_at']),
    amount: moneyOf(refund['amount_money']),
    reason: textOf(refund['reason']),
    lines: [],
  }))
}

/** What kind of fulfilment it is says under which key its details and the person it goes to are. */
function recipientOf(order: JsonObject): JsonObject {
  const details = ['shipment_details', 'delivery_details', 'pickup_details']
  const recipients = objectsOf(order['fulfillments']).flatMap((fulfillment) =>
    details.map((key) => objectOf(fulfillment[key])['recipient']).filter(isObject),
  )
  return recipients[0] ?? {}
}

function noteOf(order: JsonObject): string | undefined {
  const details = ['shipment_details', 'delivery_details', 'pickup_details']
  const notes = objectsOf(order['fulfillments']).flatMap((fulfillment) =>
    details.flatMap((key) => {
      const { note, shipping_note: shippingNote } = objectOf(fulfillment[key])
      return firstText(note, shippingNote) ?? []
    }),
  )
  return notes.length === 0 ? undefined : notes.join('\n')
}

function peopleOf(
  fetched: JsonObject,
  attributes: OrderSnapshot['attributes'],
): Pick<OrderSnapshot, 'buyer' | 'billingAddress' | 'shippingAddress'> {
  const order = objectOf(fetched['order'])
  const [customer, recipient] = [objectOf(fetched['customer']), recipientOf(order)]
  const [given, family] = [textOf(customer['given_name']), textOf(customer['family_name'])]
  const isNamed = given !== undefined || family !== undefined
  return {
    buyer: {
      id: textOf(order['customer_id']),
      email: firstEmail(customer['email_address'], recipient['email_address']),
      phone: firstText(customer['phone_number'], recipient['phone_number']),
      ...(isNamed
        ? { firstName: given, lastName: family }
        : splitName(textOf(recipient['display_name']) ?? '')),
      company: textOf(customer['company_name']),
      vatNumber: vatNumberIn(attributes),
    },
    billingAddress: addressOf(customer['address']),
    shippingAddress: addressOf(recipient['address']),
  }
}

function addressOf(value: Json | undefined): Address | undefined {
  if (!isObject(value)) return undefined
  const parts = {
    firstName: textOf(value['first_name']),
    lastName: textOf(value['last_name']),
    street1: textOf(value['address_line_1']),
    street2: textOf(value['address_line_2']),
    city: textOf(value['locality']),
    region: textOf(value['administrative_district_level_1']),
    postalCode: textOf(value['postal_code']),
    country: textOf(value['country']),
  }
  return addressOrNone(parts)
}
