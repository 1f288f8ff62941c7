import { woocommerce } from '../../lib/sources/woocommerce.ts'
import { type Delivery, type Due, SENDERS } from './deliveries.ts'
import { type Line, type OrderState, SHIPPING, type ShopOrder, sumsOf, TAX, type Told } from './orders.ts'

export const SHOP_SECRET = 'only the soak and its shop know this'

const OPENED_MS = Date.UTC(2026, 0, 5, 8)
const MINUTE_MS = 60_000
/** The events of an order come close together in any order; some of them much later, or earlier, than they should. */
const DELIVERIES_CLOSE_TOGETHER = 60
const SHARE_FAR_AWAY = 0.1

/** The orders as WooCommerce delivers them, each event of a life within a short time or, a few, at any. */
export function deliveredOrders(
  orders: readonly ShopOrder[],
  allDeliveries: number,
  random: () => number,
): readonly Due[] {
  return orders.flatMap((order) => {
    const begins = random()
    const soon = () => begins + (random() * DELIVERIES_CLOSE_TOGETHER) / allDeliveries
    return order.life.map((told, index) => {
      return {
        delivery: orderDelivery(order, told, index),
        at: random() < SHARE_FAR_AWAY ? random() : soon(),
      }
    })
  })
}

/** The index of an event in the life of its order is its version. */
export function orderDelivery(order: ShopOrder, told: Told, index: number): Delivery {
  const id = `order-${order.id}-${index}`
  const path = `/orders/${SENDERS.orders}`
  const body = JSON.stringify('state' in told ? bodyOf(order, told.state, index) : { id: order.id })
  const headers = { 'x-wc-webhook-topic': told.topic }
  const signing = { secret: SHOP_SECRET, nowMs: OPENED_MS, deliveryId: id, url: path, headers }
  return {
    kind: 'orders',
    id,
    path,
    headers: { ...headers, ...woocommerce.sign(Buffer.from(body), signing) },
    body,
  }
}

/** An order of WooCommerce's REST API, without what nobody reads. */
function bodyOf(order: ShopOrder, state: OrderState, version: number) {
  const { id, street, email = '', company = '' } = order
  const { tax, total } = sumsOf(state)
  const placedMs = OPENED_MS + id * MINUTE_MS
  return {
    id,
    number: String(id),
    status: state.status,
    currency: 'EUR',
    prices_include_tax: false,
    date_created_gmt: gmt(placedMs),
    date_modified_gmt: gmt(placedMs + version * MINUTE_MS),
    date_paid_gmt: state.isPaid ? gmt(placedMs) : null,
    total: money(total),
    total_tax: money(tax),
    shipping_total: money(state.shippingCents),
    shipping_tax: '0.00',
    customer_id: 0,
    billing: {
      first_name: '',
      last_name: email.replace(/@.*/, ''),
      company,
      address_1: street,
      city: 'Dublin',
      country: 'IE',
      email,
    },
    line_items: state.lines.map(itemOf),
    shipping_lines:
      state.shippingCents === 0
        ? []
        : [{ id: 1, method_title: SHIPPING, total: money(state.shippingCents), total_tax: '0.00' }],
    tax_lines: [
      { label: TAX.label, rate_percent: TAX.percent, tax_total: money(tax), shipping_tax_total: '0.00' },
    ],
    refunds:
      state.refundedCents === 0 ? [] : [{ id, reason: 'Broken', total: `-${money(state.refundedCents)}` }],
  }
}

function itemOf({ id, product: { sku, name }, quantity, cents }: Line) {
  const total = money(quantity * cents)
  return { id, name, sku, quantity, subtotal: total, total, total_tax: '0.00', price: cents / 100 }
}

export function money(cents: number): string {
  return (cents / 100).toFixed(2)
}

/** UTC without a `Z`. */
function gmt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19)
}
