import type { OrderFact, OrderLine, OrderSnapshot } from '../../events/order.ts'
import { Big } from '../../values/money.ts'
import { isEmailAddress } from '../../values/text.ts'
import type { Amounts } from './amounts.ts'
import { addressText } from './buyer.ts'
import type { OrderLife } from './life.ts'

type Lines = readonly (string | undefined)[]

/** Everything that is known of an order, for people to read: what columns are too short for is here in full. */
export function orderText(life: OrderLife, { remarks }: Amounts): string {
  const sections: Lines[] = [
    headingOf(life),
    buyerLines(life.order),
    life.order.lines.length === 0
      ? ['No lines.']
      : life.order.lines.flatMap((line) => lineLines(line, life.order)),
    amountLines(life),
    refundLines(life),
    wordsOf(life.order),
    life.happened.map(({ name, fact }) => factLine(name, fact)),
    remarks,
  ]
  return sections
    .map((lines) => lines.filter((line) => line !== undefined && line !== '').join('\n'))
    .filter((section) => section !== '')
    .join('\n\n')
}

function headingOf({ order, state, payment, fulfilment }: OrderLife): Lines {
  const { number, shop, url, placedAt, cancelledAt, cancelReason, incomplete } = order
  return [
    `Order ${number} of ${shop}: ${[state, payment, fulfilment].filter(Boolean).join(', ')}`,
    url,
    said('Placed', placedAt && minute(placedAt)),
    said('Cancelled', [cancelledAt && minute(cancelledAt), cancelReason].filter(Boolean).join(': ')),
    said('Not told in full', incomplete),
  ]
}

function minute(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`
}

function said(label: string, value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${label}: ${value}`
}

function buyerLines({ buyer, billingAddress, shippingAddress }: OrderSnapshot): Lines {
  const { id, email, phone, firstName, lastName, company, vatNumber, language } = buyer
  const isUsable = email === undefined || isEmailAddress(email)
  const name = [firstName, lastName].filter(Boolean).join(' ')
  const isUnknown = Object.values(buyer).every((value) => value === undefined) && billingAddress === undefined
  return [
    isUnknown ? 'Buyer: not told' : said('Buyer', name),
    said('Company', company),
    said('E-mail', email),
    isUsable ? undefined : 'This e-mail address cannot be right: no person was looked for by it.',
    said('Phone', phone),
    said('VAT number', vatNumber),
    said('Language', language),
    said('Customer number', id),
    addressLine('Billing address', billingAddress),
    addressLine('Shipping address', shippingAddress),
  ]
}

function addressLine(label: string, address: OrderSnapshot['billingAddress']): string | undefined {
  const text = addressText(address)
  const phone = address?.phone === undefined ? '' : `, ${address.phone}`
  return text === undefined ? undefined : `${label}: ${text.replaceAll('\n', ', ')}${phone}`
}

function lineLines(
  { sku, name, variant, quantity, unitPrice, discount, tax, total, attributes }: OrderLine,
  { currency }: OrderSnapshot,
): Lines {
  const what = [name, variant, sku && `(${sku})`].filter(Boolean).join(' ')
  const less = new Big(discount).eq(0) ? '' : ` − ${discount}`
  const taxed = new Big(tax).eq(0) ? '' : `, tax ${tax}`
  return [
    `${quantity} × ${what}: ${quantity} × ${unitPrice}${less} = ${total} ${currency}${taxed}`,
    ...attributes.map(({ name: label, value }) => `    ${label}: ${value}`),
  ]
}

function amountLines({ order }: OrderLife): Lines {
  const { shipping, fees, discounts, discountCodes, taxes, tax, total, currency, presentment, adjustment } =
    order
  return [
    ...[...shipping, ...fees].map(({ title, amount }) => `${title}: ${amount}`),
    ...discounts.map(
      ({ title, code, amount }) => `Discount ${[title, code].filter(Boolean).join(' ')}: −${amount}`,
    ),
    said('Discount codes', discountCodes.join(', ')),
    ...taxes.map(({ title, rate, amount }) => `${title}${rate === undefined ? '' : ` ${rate}%`}: ${amount}`),
    `Tax ${tax}, ${order.amountsIncludeTax ? 'in the prices' : 'on top of the prices'}`,
    adjustment && `Adjustment ${adjustment.amount}: ${adjustment.reason}`,
    `Total ${total} ${currency}`,
    presentment && `The buyer saw ${presentment.total} ${presentment.currency}`,
  ]
}

function refundLines({ refunds, order: { currency } }: OrderLife): Lines {
  return refunds.flatMap(({ id, at, amount, reason, lines }) => [
    `Refund ${id}${at === undefined ? '' : ` of ${minute(at)}`}: ${amount} ${currency}${reason === undefined ? '' : `, ${reason}`}`,
    ...lines.map((line) => `    line ${line.lineId}: ${line.quantity}`),
  ])
}

function wordsOf({ note, attributes, tags, paymentMethod, purchaseOrder }: OrderSnapshot): Lines {
  return [
    note,
    ...attributes.map(({ name, value }) => `${name}: ${value}`),
    said('Tags', tags.join(', ')),
    said('Payment', paymentMethod),
    said('Purchase order', purchaseOrder),
  ]
}

function factLine(name: string, fact: OrderFact | undefined): string {
  const when = fact?.at === undefined ? '' : ` ${minute(fact.at)}`
  const more = [fact?.reason, ...(fact?.attributes ?? []).map((one) => `${one.name}: ${one.value}`)]
  const words = more.filter(Boolean).join('; ')
  return `Told:${when} ${name}${words === '' ? '' : `, ${words}`}`
}
