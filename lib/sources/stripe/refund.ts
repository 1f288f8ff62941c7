import type { Ignored } from '../../events/index.ts'
import type { OrderFact } from '../../events/order.ts'
import { textOf } from '../loose-json.ts'
import { type OrderOf, orderFact } from '../order-event.ts'
import { type StripeEvent, unixTime } from './event.ts'
import { minorUnitsOf } from './minor-units.ts'

/** A refund object: only money that has been given back counts. */
export function readRefund({ object: refund, createdAt }: StripeEvent, of: OrderOf): OrderFact | Ignored {
  const status = textOf(refund['status']) ?? 'unknown'
  if (status !== 'succeeded') return { kind: 'ignored', reason: `refund-${status}` }
  const at = unixTime(refund['created']) ?? createdAt
  const reason = textOf(refund['reason'])
  const amount = minorUnitsOf(refund['currency']).text(refund['amount'])
  const given = { id: textOf(refund['id']) ?? 'refund', at, amount, reason, lines: [] }
  return refunded(of, { at, reason, refund: given, attributes: [] })
}

/**
 * A charge of which something was given back says only how much in all (its list of refunds is gone since 2022-11-15). A
 * charge that was given back whole is one refund; a part of it is told in words, so that it cannot count twice.
 */
export function readChargeRefunded({ object: charge, createdAt }: StripeEvent, of: OrderOf): OrderFact {
  const { currency, text } = minorUnitsOf(charge['currency'])
  const amount = text(charge['amount_refunded'])
  const inAll = [{ name: 'Refunded in all', value: `${amount} ${currency}` }]
  if (charge['refunded'] !== true) return refunded(of, { at: createdAt, attributes: inAll })
  const id = textOf(charge['id']) ?? 'charge'
  return refunded(of, { at: createdAt, refund: { id, at: createdAt, amount, lines: [] }, attributes: inAll })
}

function refunded(of: OrderOf, told: Pick<OrderFact, 'at' | 'reason' | 'refund' | 'attributes'>): OrderFact {
  return orderFact({ kind: 'order', ...of, standing: { is: 'fact', name: 'refunded' }, ...told })
}
