import type { EntityFields } from '../crm/prototypes/generated.ts'
import type { EntityName, UpdateFields } from '../crm/typed.ts'
import * as z from '../values/schema.ts'
import { Columns, type RuledColumns } from './field-rules.ts'
import { Several } from './several.ts'

/** What an order can be, by all that is known of it; the last that is true counts. */
export const ORDER_STATES = [
  'draft',
  'open',
  'paid',
  'completed',
  'partly-refunded',
  'refunded',
  'cancelled',
  'deleted',
] as const
export type OrderState = (typeof ORDER_STATES)[number]
const State = z.enum(ORDER_STATES)

const Id = z.number('the id of a record: a number').check(z.int(), z.positive())

/** A selection code: the compiler knows those of the snapshot, the CRM's prototypes have the last word. */
function codeOf<N extends EntityName, K extends keyof EntityFields[N]>(_entity: N, _field: K) {
  return z.custom<NonNullable<EntityFields[N][K]>>(
    (value) => typeof value === 'string' && value !== '' && value.length <= 80,
    { error: 'a selection code' },
  )
}

const PrivateBuyers = z.union(
  [
    z.enum(['person', 'company-each']),
    z.strictObject({ company: z.string().check(z.minLength(1), z.maxLength(60)) }),
  ],
  {
    error: '"person", "company-each" or { company: "Web customers" }',
  },
)
const InLines = z.enum(['line', 'header'], '"line" or "header"')

/** How an order becomes opportunity and quote. What is not said here is as docs/orders.md says. */
export const OrderMapping = z.strictObject({
  /** Users, team and territory of what is created; `defaults` otherwise. */
  assignedUserId: z.optional(Id),
  teamId: z.optional(Id),
  territoryId: z.optional(z.number().check(z.int())),
  /** Buyers without a company: the person alone, a company of its own each, or one company for all. */
  privateBuyers: z.optional(PrivateBuyers),
  several: z.optional(Several),
  source: z.optional(codeOf('Opportunity', 'Oppo_Source')),
  type: z.optional(codeOf('Opportunity', 'Oppo_type')),
  /** Stage and status of the opportunity by the state of the order; `open` counts for what is not named. */
  stages: z.optional(z.partialRecord(State, codeOf('Opportunity', 'Oppo_Stage'))),
  statuses: z.optional(z.partialRecord(State, codeOf('Opportunity', 'Oppo_Status'))),
  /** States in which the quote is not active. */
  inactive: z.optional(z.readonly(z.array(State))),
  /** Codes of the quote's status, where they are not the stock ones. */
  quoteStatus: z.optional(
    z.partial(
      z.strictObject({
        active: z.string().check(z.minLength(1)),
        inactive: z.string().check(z.minLength(1)),
        converted: z.string().check(z.minLength(1)),
      }),
    ),
  ),
  /** Price list of the quote and of its products; the CRM's default otherwise. */
  priceListId: z.optional(Id),
  /** Unit of products that have no price in the list. Without it such a product is a line of free text. */
  uomId: z.optional(Id),
  /** Ids of currencies by ISO code, where `Curr_Symbol` does not hold that code. */
  currencies: z.optional(z.record(z.string().check(z.regex(/^[A-Z]{3}$/, 'an ISO 4217 code')), Id)),
  expiresAfterDays: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(3650))),
  /** Amounts as the shop has them, or all without tax, or all with it. */
  prices: z.optional(z.enum(['as-ordered', 'net', 'gross'])),
  shipping: z.optional(InLines),
  fees: z.optional(InLines),
  tax: z.optional(InLines),
  /** Discounts on the whole order: lines of their own, the quote's discount, or shared out over the lines. */
  discounts: z.optional(z.enum(['line', 'header', 'allocated'])),
  /** Refunds: told in the note alone, or lines that lower the total. */
  refunds: z.optional(z.enum(['note', 'line'])),
  /** Who adds up: the CRM; or we, where lines written by REST are not added up; or whoever it is found to be. */
  totals: z.optional(z.enum(['detected', 'crm', 'written'])),
  /** How many lines are written at the same time. 1 keeps the order of their ids. */
  lineConcurrency: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(16))),
  /** What becomes of a line that is not in the order any more: deleted, or quantity and price zero. */
  removedLines: z.optional(z.enum(['delete', 'zero'])),
  /** A quote that people have worked on: left alone, with a note and a task; or its other fields are kept up to date; or all. */
  editedQuotes: z.optional(z.enum(['leave', 'merge', 'overwrite'])),
  /** Any other columns, by name: a constant or a rule. What the functions write themselves wins. */
  opportunityFields: z.optional(z.pipe(z.custom<RuledColumns<UpdateFields<'Opportunity'>>>(), Columns)),
  quoteFields: z.optional(z.pipe(z.custom<RuledColumns<UpdateFields<'Quotes'>>>(), Columns)),
})
export type OrderMapping = z.infer<typeof OrderMapping>
