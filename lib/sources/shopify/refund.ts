import type { Refund } from '../../events/order.ts'
import { type Big, decimalText, sumOf } from '../../values/money.ts'
import { decimalOf, instantOf, type JsonObject, objectOf, objectsOf, textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

/**
 * What was given back. The transactions say how much; without one (an edit took a line off before it was paid), or when
 * they are in the buyer's currency and not the shop's, what the lines taken back were worth does.
 * @param currency the shop's; otherwise that of the lines
 */
export function refundOf(refund: JsonObject, currency?: string): Refund {
  const lines = objectsOf(refund['refund_line_items'])
  const shops = currency ?? shopCurrency(lines)
  return {
    id: textOf(refund['id']) ?? 'refund',
    at: instantOf(refund['processed_at']) ?? instantOf(refund['created_at']),
    amount: decimalText(paidBack(refund['transactions'], shops) ?? sumOf(lines.map(worthOf))),
    reason: textOf(refund['note']),
    lines: lines.flatMap((line) => {
      const lineId = textOf(line['line_item_id'])
      const worth = worthOf(line)
      const amount = worth.eq(0) ? undefined : decimalText(worth)
      return lineId === undefined
        ? []
        : [{ lineId, quantity: decimalText(decimalOf(line['quantity'])), amount }]
    }),
  }
}

function paidBack(value: Json | undefined, currency: string | undefined): Big | undefined {
  const refunds = objectsOf(value).filter(
    ({ kind, status }) => kind === 'refund' && status !== 'failure' && status !== 'error',
  )
  const isForeign = refunds.some(
    (one) => (textOf(one['currency']) ?? currency) !== (currency ?? textOf(one['currency'])),
  )
  return refunds.length === 0 || isForeign ? undefined : sumOf(refunds.map(({ amount }) => decimalOf(amount)))
}

/** With its tax, whether the shop's prices contain it or not. */
function worthOf(line: JsonObject): Big {
  return decimalOf(line['subtotal']).plus(decimalOf(line['total_tax']))
}

function shopCurrency(lines: readonly JsonObject[]): string | undefined {
  const [first = {}] = lines
  return textOf(objectOf(objectOf(first['subtotal_set'])['shop_money'])['currency_code'])
}
