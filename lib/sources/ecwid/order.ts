import type { Address, OrderLine, OrderSnapshot } from '../../events/order.ts'
import { Big, decimalText, minorDigitsOf, roundTo, sumOf } from '../../values/money.ts'
import { splitName } from '../../values/person-name.ts'
import { addingUp } from '../adding-up.ts'
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
import {
  addressOrNone,
  namedValues,
  type OrderOf,
  orderSnapshot,
  taxesOf,
  vatNumberIn,
} from '../order-event.ts'
import type { Json } from '../source.ts'

type Attribute = { readonly name: string; readonly value: string }

const PAYMENTS = new Map<string, OrderSnapshot['payment']>([
  ['AWAITING_PAYMENT', 'unpaid'],
  ['INCOMPLETE', 'unpaid'],
  ['PAID', 'paid'],
  ['PARTIALLY_REFUNDED', 'partly-refunded'],
  ['REFUNDED', 'refunded'],
  ['CANCELLED', 'voided'],
])

const FULFILMENTS = new Map<string, Pick<OrderSnapshot, 'state' | 'fulfilment'>>([
  ['AWAITING_PROCESSING', { state: 'open', fulfilment: 'unfulfilled' }],
  ['PROCESSING', { state: 'open', fulfilment: 'unfulfilled' }],
  ['READY_FOR_PICKUP', { state: 'open', fulfilment: 'unfulfilled' }],
  ['SHIPPED', { state: 'open', fulfilment: 'fulfilled' }],
  ['OUT_FOR_DELIVERY', { state: 'open', fulfilment: 'fulfilled' }],
  ['DELIVERED', { state: 'completed', fulfilment: 'fulfilled' }],
  ['RETURNED', { state: 'completed', fulfilment: 'fulfilled' }],
  ['WILL_NOT_DELIVER', { state: 'cancelled', fulfilment: 'unfulfilled' }],
])

export function statusOf(
  payment: Json | undefined,
  fulfilment: Json | undefined,
): Pick<OrderSnapshot, 'state' | 'payment' | 'fulfilment'> {
  const paid = textOf(payment) ?? ''
  const status = FULFILMENTS.get(textOf(fulfilment) ?? '') ?? { state: 'open' as const }
  const isCancelled = paid === 'CANCELLED' || status.state === 'cancelled'
  const isDraft = paid === 'INCOMPLETE'
  return {
    ...status,
    payment: PAYMENTS.get(paid),
    ...(isDraft && { state: 'draft' as const }),
    ...(isCancelled && { state: 'cancelled' as const }),
  }
}

/** `2018-05-31 15:08:36 +0000`, as ISO 8601 in UTC. */
export function timeOf(value: Json | undefined): string | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(textOf(value) ?? '') ?? []
  const ms = Date.parse(`${date}T${time}${zone}`)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

/** An order of the REST API (https://docs.ecwid.com/api-reference/rest-api/orders). Amounts are JSON numbers. */
export function readOrder(order: JsonObject, of: OrderOf, currency: string): OrderSnapshot {
  const total = decimalOf(order['total'])
  const tax = decimalOf(order['tax'])
  // Questions of the checkout; those without a title are an app's.
  const extras = namedValues(order['orderExtraFields'], 'title')
  return orderSnapshot(
    {
      kind: 'order',
      ...of,
      ...partsOf(order, currency, total),
      ...peopleOf(order, extras),
      ...statusOf(order['paymentStatus'], order['fulfillmentStatus']),
      standing: { is: 'snapshot', version: timeOf(order['updateDate']) ?? timeOf(order['createDate']) },
      number: firstText(order['vendorOrderNumber'], order['id'], order['orderNumber']) ?? of.orderId,
      placedAt: timeOf(order['createDate']),
      updatedAt: timeOf(order['updateDate']),
      currency,
      discountCodes: codeOf(order),
      taxes: taxesOf([], tax),
      tax: decimalText(tax),
      total: decimalText(total),
      refunds: refundsOf(order, of),
      note: textOf(order['orderComments']),
      attributes: extras,
      tags: [],
      paymentMethod: textOf(order['paymentMethod']),
    },
    'the amounts Ecwid states for the order do not come to its total',
  )
}

/** A store enters its prices with or without tax; only newer orders say how. */
function partsOf(order: JsonObject, currency: string, total: Big): Parts {
  const shipping = objectOf(order['shippingOption'])
  const handling = objectOf(order['handlingFee'])
  const net: Parts = {
    amountsIncludeTax: false,
    lines: objectsOf(order['items']).map((item, index) => lineOf(item, index, currency)),
    shipping: chargesOf(
      textOf(shipping['shippingMethodName']) ?? 'Shipping',
      shipping['shippingRate'],
      sumOf(objectsOf(order['taxesOnShipping']).map((tax) => decimalOf(tax['total']))),
    ),
    fees: chargesOf(textOf(handling['name']) ?? 'Handling', handling['value'], new Big(0)),
    discounts: discountsOf(order),
    tax: decimalText(decimalOf(order['tax'])),
  }
  const isSaid = typeof order['pricesIncludeTax'] === 'boolean'
  const said = { ...net, amountsIncludeTax: order['pricesIncludeTax'] === true }
  return isSaid ? said : addingUp([net, { ...net, amountsIncludeTax: true }, net], total)
}

type Parts = Pick<OrderSnapshot, 'lines' | 'shipping' | 'fees' | 'discounts' | 'tax' | 'amountsIncludeTax'>

function lineOf(item: JsonObject, index: number, currency: string): OrderLine {
  const [quantity, unitPrice] = [decimalOf(item['quantity']), decimalOf(item['price'])]
  return {
    id: textOf(item['id']) ?? `line-${index + 1}`,
    sku: textOf(item['sku']),
    name: firstText(item['name'], item['sku']) ?? 'Item',
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    discount: '0',
    tax: decimalText(taxOf(item)),
    total: decimalText(roundTo(quantity.times(unitPrice), minorDigitsOf(currency))),
    attributes: namedValues(item['selectedOptions'], 'name'),
  }
}

/** An item's `tax` contains its share of the tax on shipping, which `taxes` tells apart. */
function taxOf(item: JsonObject): Big {
  const onShipping = sumOf(objectsOf(item['taxes']).map(({ taxOnShipping }) => decimalOf(taxOnShipping)))
  return decimalOf(item['tax']).minus(onShipping)
}

function chargesOf(title: string, value: Json | undefined, tax: Big): OrderSnapshot['shipping'] {
  const amount = decimalOf(value)
  return amount.eq(0) ? [] : [{ title, amount: decimalText(amount), tax: decimalText(tax) }]
}

/** `discount` is the sum of all but the coupon's: by volume, by membership, by hand. */
function discountsOf(order: JsonObject): OrderSnapshot['discounts'] {
  const coupon = objectOf(order['discountCoupon'])
  const [code] = codeOf(order)
  const discounts = [
    { title: 'Discount', amount: decimalOf(order['discount']) },
    { title: textOf(coupon['name']) ?? 'Coupon', code, amount: decimalOf(order['couponDiscount']) },
  ]
  return discounts
    .filter(({ amount }) => !amount.eq(0))
    .map(({ amount, ...discount }) => ({ ...discount, amount: decimalText(amount) }))
}

function codeOf(order: JsonObject): string[] {
  const code = textOf(objectOf(order['discountCoupon'])['code'])
  return code === undefined ? [] : [code]
}

/** Refunds have no ids: they are told apart by their time, and as the how manyth they are. */
function refundsOf(order: JsonObject, { orderId }: OrderOf): OrderSnapshot['refunds'] {
  return objectsOf(order['refunds']).map(({ date, reason, amount }, index) => ({
    id: `${orderId}-${timeOf(date) ?? 'refund'}-${index + 1}`,
    at: timeOf(date),
    amount: decimalText(decimalOf(amount)),
    reason: textOf(reason),
    lines: [],
  }))
}

function peopleOf(
  order: JsonObject,
  extras: readonly Attribute[],
): Pick<OrderSnapshot, 'buyer' | 'billingAddress' | 'shippingAddress'> {
  const [billing, shipping] = [objectOf(order['billingPerson']), objectOf(order['shippingPerson'])]
  return {
    buyer: {
      id: textOf(order['customerId']),
      email: firstEmail(order['email']),
      phone: firstText(billing['phone'], shipping['phone']),
      ...splitName(firstText(billing['name'], shipping['name']) ?? ''),
      company: firstText(billing['companyName'], shipping['companyName']),
      vatNumber: textOf(order['customerTaxId']) ?? vatNumberIn(extras),
      language: textOf(order['lang']),
    },
    billingAddress: addressOf(order['billingPerson']),
    shippingAddress: addressOf(order['shippingPerson']),
  }
}

function addressOf(value: Json | undefined): Address | undefined {
  if (!isObject(value)) return undefined
  const [street1, ...more] = (textOf(value['street']) ?? '').split('\n')
  const parts = {
    ...splitName(textOf(value['name']) ?? ''),
    company: textOf(value['companyName']),
    street1: textOf(street1),
    street2: textOf(more.join(', ')),
    city: textOf(value['city']),
    region: firstText(value['stateOrProvinceName'], value['stateOrProvinceCode']),
    postalCode: textOf(value['postalCode']),
    country: firstText(value['countryCode'], value['countryName']),
    phone: textOf(value['phone']),
  }
  return addressOrNone(parts)
}
