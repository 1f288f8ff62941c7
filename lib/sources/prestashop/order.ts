import { type Address, NO_CURRENCY, type OrderLine, type OrderSnapshot } from '../../events/order.ts'
import { instantIn } from '../../values/local-time.ts'
import { type Big, decimalText, minorDigitsOf, roundTo } from '../../values/money.ts'
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
import { addressOrNone, type OrderOf, orderSnapshot, taxesOf } from '../order-event.ts'
import type { Json } from '../source.ts'

type Shop = { readonly currency?: string | undefined; readonly timeZone: string }
type Status = Pick<OrderSnapshot, 'state' | 'payment' | 'fulfilment'>

/** The states a shop is installed with, by number; those a shop adds are `open`. */
const STATES = new Map<string, Status>([
  ['1', { state: 'open', payment: 'unpaid' }],
  ['2', { state: 'open', payment: 'paid' }],
  ['3', { state: 'open', payment: 'paid' }],
  ['4', { state: 'open', payment: 'paid', fulfilment: 'fulfilled' }],
  ['5', { state: 'completed', payment: 'paid', fulfilment: 'fulfilled' }],
  ['6', { state: 'cancelled', payment: 'voided' }],
  ['7', { state: 'completed', payment: 'refunded' }],
  ['8', { state: 'open', payment: 'failed' }],
  ['9', { state: 'open', payment: 'paid' }],
  ['10', { state: 'open', payment: 'unpaid' }],
  ['11', { state: 'open', payment: 'paid' }],
  ['12', { state: 'open', payment: 'unpaid' }],
  ['13', { state: 'open', payment: 'unpaid' }],
])

/** What `fetchPrestashopOrder` has fetched, or an order alone, whose buyer and addresses are numbers. */
export function readOrder(
  fetched: JsonObject,
  of: OrderOf,
  { currency: configured, timeZone }: Shop,
): OrderSnapshot {
  const order = objectOf(fetched['order'])
  const timeOf = (value: Json | undefined) => instantIn(timeZone, textOf(value) ?? '')
  const currency = firstText(objectOf(fetched['currency'])['iso_code'], configured) ?? NO_CURRENCY
  const total = decimalOf(order['total_paid_tax_incl'] ?? order['total_paid'])
  const tax = total.minus(decimalOf(order['total_paid_tax_excl'] ?? decimalText(total)))
  const ways = [partsOf(order, 'tax_excl', currency), partsOf(order, 'tax_incl', currency)] as const
  return orderSnapshot(
    {
      kind: 'order',
      ...of,
      ...addingUp(ways.map((parts) => ({ ...parts, tax: decimalText(tax) })) as [Parts, Parts], total),
      ...peopleOf(fetched),
      ...(STATES.get(textOf(order['current_state']) ?? '') ?? { state: 'open' as const }),
      standing: { is: 'snapshot', version: timeOf(order['date_upd']) ?? timeOf(order['date_add']) },
      number: textOf(order['reference']) ?? of.orderId,
      placedAt: timeOf(order['date_add']),
      updatedAt: timeOf(order['date_upd']),
      currency: currency.toUpperCase(),
      discountCodes: [],
      taxes: taxesOf([], tax),
      total: decimalText(total),
      refunds: [],
      note: firstText(order['note'], order['gift_message']),
      attributes: [],
      tags: [],
      paymentMethod: textOf(order['payment']),
      ...(currency === NO_CURRENCY && {
        incomplete: 'the order has no more than the number of its currency: configure options.currency',
      }),
    },
    'the amounts PrestaShop states for the order do not come to its total',
  )
}

type Basis = 'tax_excl' | 'tax_incl'
type Parts = Pick<OrderSnapshot, 'lines' | 'shipping' | 'fees' | 'discounts' | 'tax' | 'amountsIncludeTax'>

/** Every amount is there with and without tax, in six decimals. */
function partsOf(order: JsonObject, basis: Basis, currency: string): Omit<Parts, 'tax'> {
  const digits = minorDigitsOf(currency)
  const rows = objectOf(order['associations'])['order_rows']
  const amountOf = (name: string) => roundTo(decimalOf(order[`${name}_${basis}`]), digits)
  const taxOf = (name: string) =>
    roundTo(decimalOf(order[`${name}_tax_incl`]).minus(decimalOf(order[`${name}_tax_excl`])), digits)
  const charge = (title: string, name: string) =>
    amountOf(name).eq(0)
      ? []
      : [{ title, amount: decimalText(amountOf(name)), tax: decimalText(taxOf(name)) }]
  const discount = amountOf('total_discounts')
  return {
    amountsIncludeTax: basis === 'tax_incl',
    lines: rowsOf(rows).map((row, index) => lineOf(row, index, basis, digits)),
    shipping: charge('Shipping', 'total_shipping'),
    fees: charge('Gift wrapping', 'total_wrapping'),
    discounts: discount.eq(0) ? [] : [{ title: 'Discount', amount: decimalText(discount) }],
  }
}

/** `order_row` below `order_rows` in XML; in JSON the rows themselves, or a lone one. */
function rowsOf(rows: Json | undefined): readonly JsonObject[] {
  return isObject(rows) && rows['order_row'] !== undefined ? objectsOf(rows['order_row']) : objectsOf(rows)
}

function lineOf(row: JsonObject, index: number, basis: Basis, digits: number): OrderLine {
  const quantity = decimalOf(row['product_quantity'])
  const unitPrice = decimalOf(row[`unit_price_${basis}`] ?? row['product_price'])
  const [gross, net] = [decimalOf(row['unit_price_tax_incl']), decimalOf(row['unit_price_tax_excl'])]
  const round = (value: Big) => decimalText(roundTo(value, digits))
  return {
    id: textOf(row['id']) ?? `line-${index + 1}`,
    sku: textOf(row['product_reference']),
    name: firstText(row['product_name'], row['product_reference']) ?? 'Item',
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    discount: '0',
    tax: round(gross.minus(net).times(quantity)),
    total: round(unitPrice.times(quantity)),
    attributes: [],
  }
}

function peopleOf(fetched: JsonObject): Pick<OrderSnapshot, 'buyer' | 'billingAddress' | 'shippingAddress'> {
  const order = objectOf(fetched['order'])
  const customer = objectOf(fetched['customer'])
  const [invoice, delivery] = [objectOf(fetched['invoiceAddress']), objectOf(fetched['deliveryAddress'])]
  const id = textOf(order['id_customer'])
  return {
    buyer: {
      id: id === '0' ? undefined : id,
      email: firstEmail(customer['email']),
      phone: firstText(
        invoice['phone_mobile'],
        invoice['phone'],
        delivery['phone_mobile'],
        delivery['phone'],
      ),
      firstName: firstText(customer['firstname'], invoice['firstname']),
      lastName: firstText(customer['lastname'], invoice['lastname']),
      company: firstText(invoice['company'], customer['company'], delivery['company']),
      vatNumber: firstText(invoice['vat_number'], invoice['dni'], customer['siret']),
    },
    billingAddress: addressOf(invoice),
    shippingAddress: addressOf(delivery),
  }
}

function addressOf(address: JsonObject): Address | undefined {
  const parts = {
    firstName: textOf(address['firstname']),
    lastName: textOf(address['lastname']),
    company: textOf(address['company']),
    street1: textOf(address['address1']),
    street2: textOf(address['address2']),
    city: textOf(address['city']),
    postalCode: textOf(address['postcode']),
    country: textOf(objectOf(address['country'])['iso_code']),
    phone: firstText(address['phone_mobile'], address['phone']),
  }
  return addressOrNone(parts)
}
