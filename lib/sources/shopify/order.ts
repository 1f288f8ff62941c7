import type { OrderSnapshot } from '../../events/order.ts'
import { sumOfParts } from '../../events/order-sum.ts'
import { Big, decimalText, sumOf } from '../../values/money.ts'
import {
  decimalOf,
  firstText,
  instantOf,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import { type OrderOf, type OrderParts, orderSnapshot, taxesOf } from '../order-event.ts'
import type { Json } from '../source.ts'
import { addressOf, buyerOf } from './buyer.ts'
import { allocatedDiscount, attributesOf, lineOf, shippingOf } from './lines.ts'
import { refundOf } from './refund.ts'

const PAYMENT = new Map<string, OrderSnapshot['payment']>([
  ['pending', 'unpaid'],
  ['authorized', 'authorized'],
  ['partially_paid', 'partly-paid'],
  ['paid', 'paid'],
  ['partially_refunded', 'partly-refunded'],
  ['refunded', 'refunded'],
  ['voided', 'voided'],
  ['expired', 'voided'],
])

const FULFILMENT = new Map<string, OrderSnapshot['fulfilment']>([
  ['', 'unfulfilled'],
  ['restocked', 'unfulfilled'],
  ['partial', 'partly-fulfilled'],
  ['fulfilled', 'fulfilled'],
])

/**
 * A REST order as webhooks carry it. Amounts are in the shop's currency; `total_price` is what it came to before
 * returns, with the quantities that were ordered (https://shopify.dev/docs/api/admin-rest/latest/resources/order).
 * A cancelled order stays cancelled, so that every later state of it says so as a fact too.
 */
export function readOrder(order: JsonObject, of: OrderOf): OrderSnapshot {
  const cancelledAt = instantOf(order['cancelled_at'])
  const attributes = attributesOf(order['note_attributes'])
  const companyId = textOf(objectOf(order['company'])['id'])
  return orderSnapshot(
    {
      ...partsOf(order),
      kind: 'order',
      ...of,
      standing: {
        is: 'snapshot',
        version: instantOf(order['updated_at']) ?? instantOf(order['created_at']),
        ...(cancelledAt !== undefined && { fact: 'cancelled' }),
      },
      number: firstText(order['name'], order['order_number'], order['number']) ?? of.orderId,
      state: cancelledAt !== undefined ? 'cancelled' : closedState(order),
      payment: PAYMENT.get(textOf(order['financial_status']) ?? ''),
      fulfilment: FULFILMENT.get(textOf(order['fulfillment_status']) ?? ''),
      placedAt: instantOf(order['processed_at']) ?? instantOf(order['created_at']),
      updatedAt: instantOf(order['updated_at']),
      cancelledAt,
      cancelReason: textOf(order['cancel_reason']),
      presentment: presentmentOf(order),
      buyer: buyerOf(order, attributes),
      billingAddress: addressOf(order['billing_address']),
      shippingAddress: addressOf(order['shipping_address']),
      discountCodes: codesOf(order),
      refunds: objectsOf(order['refunds']).map((refund) => refundOf(refund, textOf(order['currency']))),
      note: textOf(order['note']),
      attributes:
        companyId === undefined ? attributes : [...attributes, { name: 'Shopify company', value: companyId }],
      tags: tagsOf(order['tags']),
      paymentMethod: gatewaysOf(order['payment_gateway_names']),
      purchaseOrder: textOf(order['po_number']),
    },
    'the amounts Shopify states do not come to its total',
  )
}

function partsOf(order: JsonObject): OrderParts {
  const shippingLines = shippingOf(order['shipping_lines'])
  const lines = objectsOf(order['line_items']).map((line, index) => lineOf(line, index, allocatedDiscount))
  const parts = {
    ...totalsOf(order),
    lines,
    shipping: shippingLines.map(({ discount: _, ...charge }) => charge),
    fees: [],
    discounts: [],
  }
  const told = sumOf([
    ...lines.map(({ discount }) => new Big(discount)),
    ...shippingLines.map(({ discount }) => discount),
  ])
  const untold = decimalOf(order['total_discounts']).minus(told)
  const found = explaining(new Big(parts.total).minus(sumOfParts(parts)), besides(order, untold))
  return {
    ...parts,
    fees: found
      .filter(({ amount }) => amount.gt(0))
      .map(({ title, amount }) => ({ title, amount: decimalText(amount), tax: '0' })),
    discounts: found
      .filter(({ amount }) => amount.lt(0))
      .map(({ title, amount }) => ({ title, amount: decimalText(amount.abs()) })),
  }
}

/** What drafts and orders have in common. */
export function totalsOf(order: JsonObject) {
  const tax = decimalOf(order['total_tax'])
  const taxes = objectsOf(order['tax_lines']).map((line) => ({
    title: textOf(line['title']) ?? 'Tax',
    // A fraction: 0.23 for 23 %.
    rate: line['rate'] === undefined ? undefined : decimalText(decimalOf(line['rate']).times(100)),
    amount: decimalOf(line['price']),
  }))
  return {
    currency: textOf(order['currency']) ?? '',
    amountsIncludeTax: order['taxes_included'] === true,
    tax: decimalText(tax),
    taxes: taxesOf(taxes, tax),
    total: decimalText(decimalOf(order['total_price'])),
  }
}

type Beside = { readonly title: string; readonly amount: Big }

/** Amounts an order states besides its lines and shipping, of which its total contains some. */
function besides(order: JsonObject, untoldDiscount: Big): Beside[] {
  const all = [
    { title: 'Discount', amount: untoldDiscount.gt(0) ? untoldDiscount.neg() : new Big(0) },
    { title: 'Tip', amount: decimalOf(order['total_tip_received']) },
    { title: 'Duties', amount: shopMoney(order['original_total_duties_set']) },
    { title: 'Additional fees', amount: shopMoney(order['original_total_additional_fees_set']) },
    { title: 'Cash rounding', amount: shopMoney(order['total_cash_rounding_payment_adjustment_set']) },
  ]
  return all.filter(({ amount }) => !amount.eq(0))
}

/** Those of the amounts that together are what is missing; none when no choice of them is. */
function explaining(missing: Big, amounts: readonly Beside[]): readonly Beside[] {
  let choices: readonly (readonly Beside[])[] = [[]]
  for (const one of amounts) choices = [...choices, ...choices.map((choice) => [...choice, one])]
  return choices.find((choice) => sumOf(choice.map(({ amount }) => amount)).eq(missing)) ?? []
}

function shopMoney(set: Json | undefined): Big {
  return decimalOf(objectOf(objectOf(set)['shop_money'])['amount'])
}

function presentmentOf(order: JsonObject): OrderSnapshot['presentment'] {
  const money = objectOf(objectOf(order['total_price_set'])['presentment_money'])
  const [currency, total] = [textOf(order['presentment_currency']), textOf(money['amount'])]
  if (currency === undefined || total === undefined || currency === textOf(order['currency']))
    return undefined
  return { currency, total: decimalText(decimalOf(total)) }
}

function closedState(order: JsonObject): OrderSnapshot['state'] {
  return instantOf(order['closed_at']) === undefined ? 'open' : 'completed'
}

function codesOf(order: JsonObject): string[] {
  return objectsOf(order['discount_codes']).flatMap(({ code }) => textOf(code) ?? [])
}

export function tagsOf(tags: Json | undefined): string[] {
  return (textOf(tags) ?? '').split(',').flatMap((tag) => textOf(tag) ?? [])
}

function gatewaysOf(names: Json | undefined): string | undefined {
  const gateways = Array.isArray(names) ? names.flatMap((name: Json) => textOf(name) ?? []) : []
  return gateways.length === 0 ? undefined : gateways.join(', ')
}
