import type { Address, Charge, Order, OrderLine, OrderSnapshot } from '../../events/order.ts'
import { Big, decimalText, minorDigitsOf, roundTo, sumOf } from '../../values/money.ts'
import { splitName } from '../../values/person-name.ts'
import { isEmailAddress } from '../../values/text.ts'
import { NotUnderstoodError } from '../errors.ts'
import { objectsOf } from '../loose-json.ts'
import { orderFact, orderSnapshot } from '../order-event.ts'
import type { Verified } from '../source.ts'
import type { AddressMapping, ChargeMapping, LineMapping, OrderMapping } from './order-mapping.ts'
import { at, holds, type Picked, pickText } from './selector.ts'
import { decimalOr, moneyReader, pickInstant, pickVersion, pickWord, present } from './values.ts'

const WHY_ADJUSTED = 'the parts that are mapped do not come to the total'

type ReadMoney = ReturnType<typeof moneyReader>

/**
 * The order a payload tells of; what happened to it, when there is no total and a fact holds.
 * @throws NotUnderstoodError naming what is missing
 */
export function mappedOrder(verified: Verified, shop: string, mapping: OrderMapping): Order {
  const orderId = pickText(mapping.id, verified)
  if (orderId === undefined) throw new NotUnderstoodError(`there is no order id at ${mapping.id}`)
  const currency = (pickText(mapping.currency, verified) ?? '').toUpperCase()
  const money = moneyReader(currency, mapping.inMinorUnits)
  const total = money(mapping.total, verified)
  const fact = mapping.facts.find(({ when }) => holds(when, verified))?.name
  const of = { kind: 'order', shop, orderId } as const
  if (total !== undefined) {
    const order = { ...of, number: orderId, currency, total: decimalText(total) }
    return orderSnapshot(
      { ...order, ...partsOf(verified, mapping, money), ...standingOf(verified, mapping, fact) },
      WHY_ADJUSTED,
    )
  }
  if (fact === undefined) throw new NotUnderstoodError(`there is no amount at ${mapping.total ?? 'total'}`)
  const number = pickText(mapping.number, verified)
  const at = pickInstant(mapping.updatedAt, verified)
  const reason = pickText(mapping.cancelReason, verified)
  return orderFact({
    ...of,
    standing: { is: 'fact', name: fact },
    ...present({ number, at, reason }),
    attributes: [],
  })
}

function standingOf(verified: Picked, { version, updatedAt }: OrderMapping, fact: string | undefined) {
  const known = pickVersion(version ?? updatedAt, verified)
  return { standing: { is: 'snapshot', ...present({ version: known, fact }) } as OrderSnapshot['standing'] }
}

function partsOf(from: Picked, mapping: OrderMapping, money: ReadMoney) {
  const lines =
    mapping.lines === undefined ? [] : linesOf(from, mapping.lines, money, currencyDigits(from, mapping))
  const shipping = mapping.shipping.flatMap((one) => chargesOf(from, one, money))
  const fees = mapping.fees.flatMap((one) => chargesOf(from, one, money))
  const told = money(mapping.tax, from)
  const tax = told ?? sumOf([...lines, ...shipping, ...fees].map((part) => new Big(part.tax)))
  const discounts = mapping.discounts
    .flatMap((one) => chargesOf(from, one, money))
    .map(({ title, amount }) => ({ title, amount: decimalText(new Big(amount).abs()) }))
  return {
    ...wordsOf(from, mapping),
    amountsIncludeTax: includesTax(from, mapping),
    buyer: buyerOf(from, mapping),
    ...present({
      billingAddress: mapping.billingAddress && addressOf(from, mapping.billingAddress),
      shippingAddress: mapping.shippingAddress && addressOf(from, mapping.shippingAddress),
    }),
    lines,
    shipping,
    fees,
    discounts: discounts.filter(({ amount }) => !new Big(amount).eq(0)),
    discountCodes: [],
    tax: decimalText(tax),
    taxes: tax.eq(0) ? [] : [{ title: 'Tax', amount: decimalText(tax) }],
    refunds: [],
    attributes: [],
    tags: [],
  }
}

function wordsOf(from: Picked, mapping: OrderMapping) {
  const url = pickText(mapping.url, from)
  return {
    state: pickWord(mapping.state, from) ?? 'open',
    ...present({
      number: pickText(mapping.number, from),
      payment: pickWord(mapping.payment, from),
      fulfilment: pickWord(mapping.fulfilment, from),
      placedAt: pickInstant(mapping.placedAt, from),
      updatedAt: pickInstant(mapping.updatedAt, from),
      cancelledAt: pickInstant(mapping.cancelledAt, from),
      cancelReason: pickText(mapping.cancelReason, from),
      url: url !== undefined && /^https?:/.test(url) && URL.canParse(url) ? url : undefined,
      note: pickText(mapping.note, from),
      paymentMethod: pickText(mapping.paymentMethod, from),
      purchaseOrder: pickText(mapping.purchaseOrder, from),
    }),
  }
}

function includesTax(from: Picked, { amountsIncludeTax }: OrderMapping): boolean {
  if (typeof amountsIncludeTax === 'boolean') return amountsIncludeTax
  return ['true', '1', 'yes'].includes((pickText(amountsIncludeTax, from) ?? '').toLowerCase())
}

function buyerOf(from: Picked, { buyer: { name, ...told } }: OrderMapping): OrderSnapshot['buyer'] {
  const { email, ...rest } = textsOf(from, told)
  const full = pickText(name, from)
  const names = full === undefined || 'lastName' in rest ? {} : splitName(full)
  return { ...names, ...rest, ...(email !== undefined && isEmailAddress(email) && { email }) }
}

function addressOf(from: Picked, told: AddressMapping): Address | undefined {
  const address = textsOf(from, told)
  return Object.keys(address).length === 0 ? undefined : address
}

function textsOf(
  from: Picked,
  told: Readonly<Record<string, Parameters<typeof pickText>[0]>>,
): Record<string, string> {
  const entries = Object.entries(told).map(([key, selector]) => [key, pickText(selector, from)] as const)
  return present(Object.fromEntries(entries)) as Record<string, string>
}

function chargesOf(from: Picked, told: ChargeMapping, money: ReadMoney): Charge[] {
  const places = told.each === undefined ? [from] : elementsOf(from, told.each)
  return places.flatMap((place) => {
    const amount = money(told.amount, place)
    if (amount === undefined || amount.eq(0)) return []
    const title = pickText(told.title, place) ?? '?'
    return [{ title, amount: decimalText(amount), tax: decimalOr(money(told.tax, place)) }]
  })
}

function elementsOf({ headers, payload }: Picked, path: string): Picked[] {
  return objectsOf(at(path, payload)).map((element) => ({ headers, payload: element }))
}

function currencyDigits(from: Picked, { currency }: OrderMapping): number {
  return minorDigitsOf((pickText(currency, from) ?? '').toUpperCase())
}

function linesOf(from: Picked, told: LineMapping, money: ReadMoney, digits: number): OrderLine[] {
  return elementsOf(from, told.each).map((place, index) => lineOf(place, index, told, money, digits))
}

function lineOf(
  place: Picked,
  index: number,
  told: LineMapping,
  money: ReadMoney,
  digits: number,
): OrderLine {
  const quantity = moneyReader('', false)(told.quantity, place) ?? new Big(1)
  const discount = money(told.discount, place) ?? new Big(0)
  const price = money(told.unitPrice, place)
  const total = money(told.total, place) ?? roundTo(quantity.times(price ?? 0).minus(discount), digits)
  const unitPrice = price ?? (quantity.eq(0) ? total : total.plus(discount).div(quantity))
  return {
    id: pickText(told.id, place) ?? String(index + 1),
    name: pickText(told.name, place) ?? pickText(told.sku, place) ?? '?',
    ...present({ sku: pickText(told.sku, place), variant: pickText(told.variant, place) }),
    quantity: decimalText(quantity),
    unitPrice: decimalText(unitPrice),
    discount: decimalText(discount),
    tax: decimalOr(money(told.tax, place)),
    total: decimalText(total),
    attributes: [],
  }
}
