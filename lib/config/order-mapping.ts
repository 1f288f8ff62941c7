import * as z from 'zod'
import type { EntityFields } from '../crm/prototypes/generated.ts'
import type { EntityName, UpdateFields } from '../crm/typed.ts'
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

const Id = z.number('the id of a record: a number').int().positive()

/** A selection code: the compiler knows those of the snapshot, the CRM's prototypes have the last word. */
function codeOf<N extends EntityName, K extends keyof EntityFields[N]>(_entity: N, _field: K) {
  return z.custom<NonNullable<EntityFields[N][K]>>(
    (value) => typeof value === 'string' && value !== '' && value.length <= 80,
    { error: 'a selection code' },
  )
}

const PrivateBuyers = z.union(
  [z.enum(['person', 'company-each']), z.strictObject({ company: z.string().min(1).max(60) })],
  {
    error: '"person", "company-each" or { company: "Web customers" }',
  },
)
const InLines = z.enum(['line', 'header'], '"line" or "header"')

/** How an order becomes opportunity and quote. What is not said here is as docs/orders.md says. */
export const OrderMapping = z.strictObject({
  /** Users, team and territory of what is created; `defaults` otherwise. */
  assignedUserId: Id.optional(),
  teamId: Id.optional(),
  territoryId: z.number().int().optional(),
  /** Buyers without a company: the person alone, a company of its own each, or one company for all. */
  privateBuyers: PrivateBuyers.optional(),
  several: Several.optional(),
  source: codeOf('Opportunity', 'Oppo_Source').optional(),
  type: codeOf('Opportunity', 'Oppo_type').optional(),
  /** Stage and status of the opportunity by the state of the order; `open` counts for what is not named. */
  stages: z.partialRecord(State, codeOf('Opportunity', 'Oppo_Stage')).optional(),
  statuses: z.partialRecord(State, codeOf('Opportunity', 'Oppo_Status')).optional(),
  /** States in which the quote is not active. */
  inactive: z.array(State).readonly().optional(),
  /** Codes of the quote's status, where they are not the stock ones. */
  quoteStatus: z
    .strictObject({ active: z.string().min(1), inactive: z.string().min(1), converted: z.string().min(1) })
    .partial()
    .optional(),
  /** Price list of the quote and of its products; the CRM's default otherwise. */
  priceListId: Id.optional(),
  /** Unit of products that have no price in the list. Without it such a product is a line of free text. */
  uomId: Id.optional(),
  /** Ids of currencies by ISO code, where `Curr_Symbol` does not hold that code. */
  currencies: z.record(z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'), Id).optional(),
  expiresAfterDays: z.number().int().min(1).max(3650).optional(),
  /** Amounts as the shop has them, or all without tax, or all with it. */
  prices: z.enum(['as-ordered', 'net', 'gross']).optional(),
  shipping: InLines.optional(),
  fees: InLines.optional(),
  tax: InLines.optional(),
  /** Discounts on the whole order: lines of their own, the quote's discount, or shared out over the lines. */
  discounts: z.enum(['line', 'header', 'allocated']).optional(),
  /** Refunds: told in the note alone, or lines that lower the total. */
  refunds: z.enum(['note', 'line']).optional(),
  /** Who adds up: the CRM; or we, where lines written by REST are not added up; or whoever it is found to be. */
  totals: z.enum(['detected', 'crm', 'written']).optional(),
  /** How many lines are written at the same time. 1 keeps the order of their ids. */
  lineConcurrency: z.number().int().min(1).max(16).optional(),
  /** What becomes of a line that is not in the order any more: deleted, or quantity and price zero. */
  removedLines: z.enum(['delete', 'zero']).optional(),
  /** A quote that people have worked on: left alone, with a note and a task; or its other fields are kept up to date; or all. */
  editedQuotes: z.enum(['leave', 'merge', 'overwrite']).optional(),
  /** Any other columns, by name: a constant or a rule. What the functions write themselves wins. */
  opportunityFields: z.custom<RuledColumns<UpdateFields<'Opportunity'>>>().pipe(Columns).optional(),
  quoteFields: z.custom<RuledColumns<UpdateFields<'Quotes'>>>().pipe(Columns).optional(),
})
export type OrderMapping = z.infer<typeof OrderMapping>
