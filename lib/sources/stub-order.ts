import { NO_CURRENCY, type OrderSnapshot } from '../events/order.ts'
import { orderSnapshot } from './order-event.ts'

type Known = Pick<OrderSnapshot, 'shop' | 'orderId'> &
  Partial<
    Pick<OrderSnapshot, 'number' | 'url' | 'state' | 'payment' | 'fulfilment' | 'placedAt' | 'updatedAt'>
  >

/**
 * All a thin delivery tells of an order when nothing can be fetched. It is older than anything that is told in full, and
 * says what is missing.
 * @param lacking the credential that is not configured
 * @throws NotUnderstoodError
 */
export function stubOrder(known: Known, lacking: string, fact?: string): OrderSnapshot {
  return orderSnapshot(
    {
      kind: 'order',
      number: known.orderId,
      state: 'open',
      ...known,
      standing: { is: 'snapshot', version: '', ...(fact !== undefined && { fact }) },
      currency: NO_CURRENCY,
      amountsIncludeTax: false,
      buyer: {},
      lines: [],
      shipping: [],
      fees: [],
      discounts: [],
      discountCodes: [],
      taxes: [],
      tax: '0',
      total: '0',
      refunds: [],
      attributes: [],
      tags: [],
      incomplete: `the shop tells no more than the order's number, and api.credentials names no ${lacking} to fetch the rest with`,
    },
    'a stub has no amounts',
  )
}
