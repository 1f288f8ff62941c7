import type { Address, Charge, OrderSnapshot } from '../../events/order.ts'
import { Big, decimalText, sumOf } from '../../values/money.ts'
import {
  decimalOf,
  firstEmail,
  instantOf,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import { addressOrNone, type OrderParts, orderSnapshot, taxesOf, vatNumberIn } from '../order-event.ts'
import type { Json } from '../source.ts'
import { attributesOf, linesOf } from './lines.ts'
import { plainText } from './text.ts'

/** WooCommerce's own statuses; shops add others, which are orders that are open. */
const STATES = new Map<string, OrderSnapshot['state']>([
  ['auto-draft', 'draft'],
  ['checkout-draft', 'draft'],
  ['completed', 'completed'],
  ['refunded', 'completed'],
  ['cancelled', 'cancelled'],
  ['trash', 'deleted'],
])

type Of = {
  readonly shop: string
  readonly orderId: string
  readonly url?: string
  /** Whether this delivery says that the order came back from the trash. */
  readonly isRestored: boolean
}

/** An order of the REST API v3, which is also the body of a webhook (https://woocommerce.github.io/woocommerce-rest-api-docs). */
export function readOrder(order: JsonObject, { isRestored, ...of }: Of): OrderSnapshot {
  const [billing, shipping] = [objectOf(order['billing']), objectOf(order['shipping'])]
  const status = textOf(order['status']) ?? ''
  const refunds = refundsOf(order['refunds'])
  return orderSnapshot(
    {
      ...partsOf(order),
      kind: 'order',
      ...of,
      standing: {
        is: 'snapshot',
        version: gmtOf(order['date_modified_gmt']) ?? gmtOf(order['date_created_gmt']),
        ...(isRestored && { fact: 'restored' }),
      },
      number: plainText(order['number']) ?? of.orderId,
      state: STATES.get(status) ?? 'open',
      payment: paymentOf(order, status, refunds.length > 0),
      fulfilment: status === 'completed' ? 'fulfilled' : 'unfulfilled',
      placedAt: gmtOf(order['date_created_gmt']),
      updatedAt: gmtOf(order['date_modified_gmt']),
      buyer: buyerOf(order, billing, shipping),
      billingAddress: addressOf(billing),
      shippingAddress: addressOf(shipping),
      discountCodes: objectsOf(order['coupon_lines']).flatMap(({ code }) => plainText(code) ?? []),
      refunds,
      note: plainText(order['customer_note']),
      attributes: attributesOf(order['meta_data']),
      tags: [],
      paymentMethod: plainText(order['payment_method_title']),
      purchaseOrder: metaValue(order, /^_?(billing_)?(po|purchase_order)(_number)?$/),
    },
    'the amounts WooCommerce states do not come to its total',
  )
}

/** The API states amounts without tax, whatever `prices_include_tax` says of the shop's catalogue. */
function partsOf(order: JsonObject): OrderParts {
  const tax = decimalOf(order['total_tax'])
  const taxes = objectsOf(order['tax_lines']).map((line) => ({
    title: plainText(line['label']) ?? plainText(line['rate_code']) ?? 'Tax',
    ...rateOf(line['rate_percent']),
    amount: decimalOf(line['tax_total']).plus(decimalOf(line['shipping_tax_total'])),
  }))
  return {
    currency: textOf(order['currency']) ?? '',
    amountsIncludeTax: false,
    lines: linesOf(order['line_items']),
    shipping: shippingOf(order),
    fees: objectsOf(order['fee_lines']).map((line) => chargeOf(line, 'name', 'Fee')),
    discounts: giftCardsOf(order['gift_cards']),
    tax: decimalText(tax),
    taxes: taxesOf(taxes, tax),
    total: decimalText(decimalOf(order['total'])),
  }
}

function rateOf(percent: Json | undefined): { readonly rate?: string } {
  return textOf(percent) === undefined ? {} : { rate: decimalText(decimalOf(percent)) }
}

/** What the shipping lines leave of the whole is one more: some plugins state only the sum. */
function shippingOf(order: JsonObject): Charge[] {
  const lines = objectsOf(order['shipping_lines']).map((line) => chargeOf(line, 'method_title', 'Shipping'))
  const rest = (whole: string, part: 'amount' | 'tax') =>
    decimalOf(order[whole]).minus(sumOf(lines.map((line) => new Big(line[part]))))
  const [amount, tax] = [rest('shipping_total', 'amount'), rest('shipping_tax', 'tax')]
  if (amount.lte(0)) return lines
  return [...lines, { title: 'Shipping', amount: decimalText(amount), tax: decimalText(tax) }]
}

function chargeOf(line: JsonObject, title: string, otherwise: string): Charge {
  return {
    title: plainText(line[title]) ?? otherwise,
    amount: decimalText(decimalOf(line['total'])),
    tax: decimalText(decimalOf(line['total_tax'])),
  }
}

/**
 * Of the plugin Gift Cards: they lower the total without a line of their own. A code is money to whoever knows it, so only
 * its end is told.
 */
function giftCardsOf(value: Json | undefined): OrderSnapshot['discounts'] {
  return objectsOf(value).map((card) => ({
    title: ['Gift card', textOf(card['code'])?.replace(/^.*(?=.{4}$)/, '…')].join(' ').trim(),
    amount: decimalText(decimalOf(card['amount'])),
  }))
}

function refundsOf(value: Json | undefined): OrderSnapshot['refunds'] {
  return objectsOf(value).map((refund, index) => ({
    id: textOf(refund['id']) ?? `refund-${index + 1}`,
    amount: decimalText(decimalOf(refund['total']).abs()),
    reason: plainText(refund['reason']),
    lines: [],
  }))
}

function paymentOf(order: JsonObject, status: string, hasRefunds: boolean): OrderSnapshot['payment'] {
  if (status === 'refunded') return 'refunded'
  if (status === 'failed') return 'failed'
  if (hasRefunds) return 'partly-refunded'
  return textOf(order['date_paid_gmt']) === undefined ? 'unpaid' : 'paid'
}

function buyerOf(order: JsonObject, billing: JsonObject, shipping: JsonObject): OrderSnapshot['buyer'] {
  const id = textOf(order['customer_id'])
  const named = [billing, shipping].map(namesOf).find(({ firstName, lastName }) => firstName ?? lastName)
  return {
    id: id === '0' ? undefined : id,
    email: firstEmail(billing['email']),
    phone: plainText(billing['phone']) ?? plainText(shipping['phone']),
    ...named,
    company: plainText(billing['company']) ?? plainText(shipping['company']),
    vatNumber: vatNumberIn(
      objectsOf(order['meta_data']).flatMap(({ key, value }) => {
        const [name, text] = [textOf(key), plainText(value)]
        return name === undefined || text === undefined ? [] : [{ name, value: text }]
      }),
    ),
  }
}

function namesOf(person: JsonObject) {
  return { firstName: plainText(person['first_name']), lastName: plainText(person['last_name']) }
}

function addressOf(value: JsonObject): Address | undefined {
  const address = {
    ...namesOf(value),
    company: plainText(value['company']),
    street1: plainText(value['address_1']),
    street2: plainText(value['address_2']),
    city: plainText(value['city']),
    region: plainText(value['state']),
    postalCode: plainText(value['postcode']),
    country: plainText(value['country']),
    phone: plainText(value['phone']),
  }
  return addressOrNone(address)
}

/** `date_created` is the site's own time without a zone; `…_gmt` is UTC without a `Z`. */
function gmtOf(value: Json | undefined): string | undefined {
  const text = textOf(value)
  return text === undefined ? undefined : instantOf(/Z$/i.test(text) ? text : `${text}Z`)
}

function metaValue(order: JsonObject, key: RegExp): string | undefined {
  const found = objectsOf(order['meta_data']).find((meta) => key.test(textOf(meta['key']) ?? ''))
  return plainText(found?.['value'])
}
