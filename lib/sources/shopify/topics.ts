import type { Order, OrderFact } from '../../events/order.ts'
import { decimalText, sumOf } from '../../values/money.ts'
import { decimalOf, instantOf, type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import { type OrderOf, orderFact } from '../order-event.ts'
import { readDraft } from './draft-order.ts'
import { readOrder } from './order.ts'
import { refundOf } from './refund.ts'

/** What the body of a topic is about. The topic itself is not signed: a body of another shape is not understood. */
export type Topic = {
  /** The order's id; undefined when the body has not the topic's shape. */
  readonly subject: (body: JsonObject) => string | undefined
  readonly read: (body: JsonObject, of: OrderOf) => Order
}

const order: Topic = {
  subject: (body) => ('financial_status' in body ? withLines(body) : undefined),
  read: readOrder,
}

/** Drafts count ids of their own, which may be the same as an order's. */
const draft: Topic = {
  subject: (body) => ('invoice_url' in body ? draftId(withLines(body)) : undefined),
  read: readDraft,
}

const refund: Topic = {
  subject: (body) => ('refund_line_items' in body ? textOf(body['order_id']) : undefined),
  read: (body, of) => {
    const given = refundOf(body)
    return factOf(of, 'refunded', { at: given.at, reason: given.reason, refund: given })
  },
}

const edit: Topic = {
  subject: ({ order_edit }) => textOf(objectOf(order_edit)['order_id']),
  read: ({ order_edit }, of) => {
    const edited = objectOf(order_edit)
    const { additions, removals } = objectOf(edited['line_items'])
    return factOf(of, 'edited', {
      at: instantOf(edited['committed_at']) ?? instantOf(edited['created_at']),
      reason: textOf(edited['staff_note']),
      attributes: [
        { name: 'Items added', value: countOf(objectsOf(additions)) },
        { name: 'Items removed', value: countOf(objectsOf(removals)) },
      ],
    })
  },
}

const deletion: Topic = {
  subject: (body) => ('line_items' in body ? undefined : textOf(body['id'])),
  read: (_, of) => factOf(of, 'deleted', {}),
}

const draftDeletion: Topic = { ...deletion, subject: (body) => draftId(deletion.subject(body)) }

/** https://shopify.dev/docs/api/webhooks: those about orders. */
export const TOPICS: ReadonlyMap<string, Topic> = new Map([
  ['orders/create', order],
  ['orders/updated', order],
  ['orders/paid', order],
  ['orders/cancelled', order],
  ['orders/fulfilled', order],
  ['orders/partially_fulfilled', order],
  ['orders/edited', edit],
  ['orders/delete', deletion],
  ['refunds/create', refund],
  ['draft_orders/create', draft],
  ['draft_orders/update', draft],
  ['draft_orders/delete', draftDeletion],
])

function withLines(body: JsonObject): string | undefined {
  return Array.isArray(body['line_items']) ? textOf(body['id']) : undefined
}

function draftId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `draft-${id}`
}

function factOf(
  { shop, orderId }: OrderOf,
  name: OrderFact['standing']['name'],
  more: Partial<Pick<OrderFact, 'at' | 'reason' | 'refund' | 'attributes'>>,
): OrderFact {
  return orderFact({ kind: 'order', shop, orderId, standing: { is: 'fact', name }, attributes: [], ...more })
}

function countOf(changes: readonly JsonObject[]): string {
  return decimalText(sumOf(changes.map(({ delta }) => decimalOf(delta))))
}
