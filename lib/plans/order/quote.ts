import type { Document, Fields, FieldValue, Step } from '../../crm/plan.ts'
import { ruledFields } from '../field-rules.ts'
import type { Amounts } from './amounts.ts'
import { addressText } from './buyer.ts'
import { definite } from './definite.ts'
import type { OrderLife } from './life.ts'
import { LINES } from './lines.ts'
import type { FullMapping } from './mapping.ts'
import { inSeconds } from './opportunity.ts'
import { amountIn, descriptionOf, totalsOf } from './totals.ts'

const DAY_MS = 24 * 60 * 60_000

/** The quote of an order: the one under its opportunity. */
export function quoteStep(
  life: OrderLife,
  amounts: Amounts,
  currency: FieldValue,
  mapping: FullMapping,
  parties: readonly Step[],
): Step {
  const { order } = life
  const hasPerson = parties.some(({ as }) => as === 'person')
  const converging = {
    ...convergingFields(life, amounts, currency, mapping),
    ...(hasPerson && { quot_contactid: { ref: 'person' } }),
  }
  return {
    as: 'quote',
    resource: 'Quotes',
    needs: ['opportunity', ...parties.map(({ as }) => as)],
    match: { by: 'equal', fields: ['quot_opportunityid'] },
    create: {
      ...ruledFields(mapping.quoteFields ?? {}, order),
      quot_opportunityid: { ref: 'opportunity' },
      quot_currency: currency,
      ...(mapping.priceListId !== undefined && { quot_pricinglistid: mapping.priceListId }),
      ...converging,
    },
    update: converging,
    ...(mapping.editedQuotes === 'overwrite' && { overwrite: true as const }),
  }
}

function convergingFields(
  { order, state }: OrderLife,
  amounts: Amounts,
  currency: FieldValue,
  mapping: FullMapping,
): Fields {
  const { status, inactive, expiresAfterDays } = mapping
  const { billingAddress, shippingAddress } = order
  return definite({
    quot_description: { fit: descriptionOf(order) },
    quot_status: inactive.includes(state) ? status.inactive : status.active,
    quot_billaddress: fitting(addressText(billingAddress)),
    quot_shipaddress: fitting(addressText(shippingAddress)),
    quot_expirationdate: expiry(order.placedAt, expiresAfterDays),
    ...headerAmounts(amounts, currency, mapping),
  })
}

function fitting(text: string | undefined): FieldValue | undefined {
  return text === undefined ? undefined : { fit: text }
}

function expiry(placedAt: string | undefined, days: number | undefined): string | undefined {
  if (placedAt === undefined || days === undefined) return undefined
  return inSeconds(new Date(Date.parse(placedAt) + days * DAY_MS).toISOString())
}

/** Only what is configured to be in the header is written there; it is zero again when the order has no more of it. */
function headerAmounts(
  { header }: Amounts,
  currency: FieldValue,
  { tax, shipping, fees, discounts }: FullMapping,
) {
  const amount = amountIn(currency)
  const hasFreight = shipping === 'header' || fees === 'header'
  return {
    ...(tax === 'header' && amount('quot_tax', header.tax)),
    ...(hasFreight && amount('quot_freight', header.freight)),
    ...(discounts === 'header' && amount('quot_discountamt', header.discount)),
  }
}

const WATCHED = {
  head: [
    'quot_description',
    'quot_status',
    'quot_currency',
    'quot_pricinglistid',
    'quot_billaddress',
    'quot_shipaddress',
    'quot_contactid',
    'quot_expirationdate',
    'quot_discounttype',
    'quot_discountpc',
    'quot_discountamt',
    'quot_tax',
    'quot_freight',
  ],
  line: [
    'quit_linenumber',
    'quit_linetype',
    'quit_productid',
    'quit_uomid',
    'quit_description',
    'quit_quantity',
    'quit_quotedprice',
  ],
} as const

/** How the quote and its lines are kept together, and what they have to come to. */
export function quoteDocument(
  life: OrderLife,
  amounts: Amounts,
  currency: FieldValue,
  mapping: FullMapping,
): Document {
  return {
    head: 'quote',
    lines: LINES,
    lineResource: 'QuoteItems',
    lineOwner: 'quit_orderquoteid',
    lineNumber: 'quit_linenumber',
    fixed: ['quit_linetype'],
    watched: WATCHED,
    edited: mapping.editedQuotes,
    closed: { field: 'quot_status', values: [mapping.status.converted] },
    removed: mapping.removedLines,
    zero: { quit_quantity: '0', quit_quotedprice: '0' },
    lineConcurrency: mapping.lineConcurrency,
    totals: totalsOf(life, amounts, currency, mapping),
  }
}
