import type { OrderSnapshot } from '../../events/order.ts'
import { decimalText } from '../../values/money.ts'
import {
  decimalOf,
  firstText,
  instantOf,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../loose-json.ts'
import { type OrderOf, orderSnapshot } from '../order-event.ts'
import { addressOf, buyerOf } from './buyer.ts'
import { attributesOf, lineOf, shippingOf } from './lines.ts'
import { tagsOf, totalsOf } from './order.ts'

/**
 * A draft order. When it becomes an order, that order arrives under an id of its own and the draft is cancelled with this
 * reason, so that nothing is counted twice.
 */
export function readDraft(draft: JsonObject, of: OrderOf): OrderSnapshot {
  const attributes = attributesOf(draft['note_attributes'])
  const became = textOf(draft['order_id'])
  const discount = objectOf(draft['applied_discount'])
  const discountAmount = decimalOf(discount['amount'])
  const lines = objectsOf(draft['line_items'])
  return orderSnapshot(
    {
      ...totalsOf(draft),
      kind: 'order',
      ...of,
      standing: { is: 'snapshot', version: instantOf(draft['updated_at']) ?? instantOf(draft['created_at']) },
      number: textOf(draft['name']) ?? of.orderId,
      state: became === undefined ? 'draft' : 'cancelled',
      placedAt: instantOf(draft['created_at']),
      updatedAt: instantOf(draft['updated_at']),
      ...(became !== undefined && {
        cancelReason: `became order ${became}`,
        cancelledAt: instantOf(draft['completed_at']),
      }),
      buyer: buyerOf(draft, attributes),
      billingAddress: addressOf(draft['billing_address']),
      shippingAddress: addressOf(draft['shipping_address']),
      lines: lines.map((line, index) => lineOf(line, index, appliedDiscount)),
      shipping: shippingOf(draft['shipping_line']).map(({ discount: _, ...charge }) => charge),
      fees: [],
      discounts: discountAmount.eq(0)
        ? []
        : [
            {
              title: firstText(discount['title'], discount['description']) ?? 'Discount',
              amount: decimalText(discountAmount),
            },
          ],
      discountCodes: [],
      refunds: [],
      note: textOf(draft['note']),
      attributes,
      tags: tagsOf(draft['tags']),
      purchaseOrder: textOf(draft['po_number']),
    },
    'the amounts Shopify states for the draft do not come to its total',
  )
}

/** The amount a draft's discount takes off the whole line. */
function appliedDiscount(line: JsonObject) {
  return decimalOf(objectOf(line['applied_discount'])['amount'])
}
