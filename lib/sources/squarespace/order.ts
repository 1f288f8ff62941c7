import type { Address, Charge, OrderLine, OrderSnapshot } from '../../events/order.ts'
import { type Big, decimalText, sumOf } from '../../values/money.ts'
import {
  decimalOf,
  firstEmail,
  firstText,
  instantOf,
  isObject,
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
  refundedInAll,
  taxesOf,
  vatNumberIn,
} from '../order-event.ts'
import type { Json } from '../source.ts'

type Attribute = { readonly name: string; readonly value: string }

const STATES = new Map<string, Pick<OrderSnapshot, 'state' | 'fulfilment'>>([
  ['PENDING', { state: 'open', fulfilment: 'unfulfilled' }],
  ['FULFILLED', { state: 'completed', fulfilment: 'fulfilled' }],
  ['CANCELED', { state: 'cancelled' }],
])

/** An order of the Orders API (https://developers.squarespace.com/commerce-apis/orders-overview). */
export function readOrder(order: JsonObject, of: OrderOf): OrderSnapshot {
  const total = moneyOf(order['grandTotal'])
  const tax = moneyOf(order['taxTotal'])
  const answers = namedValues(order['formSubmission'], 'label')
  const codes = objectsOf(order['discountLines']).flatMap(({ promoCode }) => textOf(promoCode) ?? [])
  const status = STATES.get(textOf(order['fulfillmentStatus']) ?? '')
  return orderSnapshot(
    {
      kind: 'order',
      ...of,
      ...peopleOf(order, answers),
      standing: {
        is: 'snapshot',
        version: instantOf(order['modifiedOn']) ?? instantOf(order['createdOn']),
      },
      number: textOf(order['orderNumber']) ?? of.orderId,
      state: status?.state ?? 'open',
      payment: paymentOf(moneyOf(order['refundedTotal']), total),
      fulfilment: status?.fulfilment,
      placedAt: instantOf(order['createdOn']),
      updatedAt: instantOf(order['modifiedOn']),
      currency: textOf(objectOf(order['grandTotal'])['currency']) ?? '',
      amountsIncludeTax: order['priceTaxInterpretation'] === 'INCLUSIVE',
      lines: objectsOf(order['lineItems']).map(lineOf),
      shipping: shippingOf(order),
      fees: [],
      discounts: discountsOf(order),
      discountCodes: codes,
      taxes: taxesOf([], tax),
      tax: decimalText(tax),
      total: decimalText(total),
      refunds: refundedInAll(of.orderId, moneyOf(order['refundedTotal'])),
      note: notesOf(order),
      attributes: answers,
      tags: [],
    },
    'the amounts Squarespace states for the order do not come to its total',
  )
}

/** `{ value: "55.00", currency: "USD" }` */
function moneyOf(value: Json | undefined): Big {
  return decimalOf(objectOf(value)['value'])
}

/** Only orders that were paid are told of, but for those without anything to pay. */
function paymentOf(refunded: Big, total: Big): OrderSnapshot['payment'] {
  if (refunded.eq(0)) return 'paid'
  return refunded.lt(total) ? 'partly-refunded' : 'refunded'
}

function lineOf(line: JsonObject, index: number): OrderLine {
  const [quantity, unitPrice] = [decimalOf(line['quantity']), moneyOf(line['unitPricePaid'])]
  const variant = objectsOf(line['variantOptions']).flatMap(({ value }) => textOf(value) ?? [])
  return {
    id: textOf(line['id']) ?? `line-${index + 1}`,
    sku: textOf(line['sku']),
    name: firstText(line['productName'], line['sku']) ?? 'Item',
    ...(variant.length > 0 && { variant: variant.join(', ') }),
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    discount: '0',
    tax: '0',
    total: decimalText(quantity.times(unitPrice)),
    attributes: namedValues(line['customizations'], 'label'),
  }
}

/** One charge when the lines do not come to what the order says. */
function shippingOf(order: JsonObject): Charge[] {
  const whole = moneyOf(order['shippingTotal'])
  const lines = objectsOf(order['shippingLines']).map(({ method, amount }) => ({
    title: textOf(method) ?? 'Shipping',
    amount: moneyOf(amount),
  }))
  const isWhole = sumOf(lines.map(({ amount }) => amount)).eq(whole)
  const charges = isWhole ? lines : [{ title: lines[0]?.title ?? 'Shipping', amount: whole }]
  return charges.map(({ title, amount }) => ({ title, amount: decimalText(amount), tax: '0' }))
}

function discountsOf(order: JsonObject): OrderSnapshot['discounts'] {
  const whole = moneyOf(order['discountTotal'])
  const lines = objectsOf(order['discountLines']).map((line) => ({
    title: firstText(line['description'], line['name'], line['promoCode']) ?? 'Discount',
    code: textOf(line['promoCode']),
    amount: moneyOf(line['amount']),
  }))
  const isWhole = sumOf(lines.map(({ amount }) => amount)).eq(whole)
  const discounts = isWhole
    ? lines
    : [{ title: lines[0]?.title ?? 'Discount', code: lines[0]?.code, amount: whole }]
  return discounts.map(({ amount, ...discount }) => ({ ...discount, amount: decimalText(amount) }))
}

function notesOf(order: JsonObject): string | undefined {
  const notes = objectsOf(order['internalNotes']).flatMap(({ content }) => textOf(content) ?? [])
  return notes.length === 0 ? undefined : notes.join('\n')
}

/** There is no field for a company: a checkout form may ask for one. */
function peopleOf(
  order: JsonObject,
  answers: readonly Attribute[],
): Pick<OrderSnapshot, 'buyer' | 'billingAddress' | 'shippingAddress'> {
  const [billing, shipping] = [objectOf(order['billingAddress']), objectOf(order['shippingAddress'])]
  const company = answers.find(({ name }) => /^(company|organi[sz]ation)( name)?\b/i.test(name))?.value
  return {
    buyer: {
      id: textOf(order['customerId']),
      email: firstEmail(order['customerEmail']),
      phone: firstText(billing['phone'], shipping['phone']),
      firstName: firstText(billing['firstName'], shipping['firstName']),
      lastName: firstText(billing['lastName'], shipping['lastName']),
      company,
      vatNumber: vatNumberIn(answers),
    },
    billingAddress: addressOf(order['billingAddress']),
    shippingAddress: addressOf(order['shippingAddress']),
  }
}

function addressOf(value: Json | undefined): Address | undefined {
  if (!isObject(value)) return undefined
  const parts = {
    firstName: textOf(value['firstName']),
    lastName: textOf(value['lastName']),
    street1: textOf(value['address1']),
    street2: textOf(value['address2']),
    city: textOf(value['city']),
    region: textOf(value['state']),
    postalCode: textOf(value['postalCode']),
    country: textOf(value['countryCode']),
    phone: textOf(value['phone']),
  }
  return addressOrNone(parts)
}
