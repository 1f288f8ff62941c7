import * as z from '../values/schema.ts'

/** What a column gets that is not the same for all: from the event, by a path into it, or put together. */
const Rule = z.union([
  z.strictObject({
    /** `buyer.vatNumber`, `attributes.Gift wrap`: of a list of names and values a name picks its value. */
    path: z.string().check(z.minLength(1)),
    /** What each value becomes; one that is not in it is `otherwise`. */
    table: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
    /** Without a value. Left out: the column is, too. */
    otherwise: z.optional(z.union([z.string(), z.number()])),
    /** The value is what people call a code of the column's selection list. */
    choice: z.optional(z.literal(true)),
  }),
  /** `Order {number} of {buyer.lastName}`: what is not there is nothing. */
  z.strictObject({ template: z.string().check(z.minLength(1)) }),
  /** The code with this caption, in any language. */
  z.strictObject({ caption: z.string().check(z.minLength(1)) }),
])

const Value = z.union([z.string(), z.number(), z.boolean(), Rule], {
  error: 'text, a number, true, false, or one of { path }, { template }, { caption }',
})

/** Columns by name, each a constant or a rule; names in lower case. */
export const Columns = z.pipe(
  z.record(z.string().check(z.regex(/^\w+$/, 'the name of a column')), Value),
  z.transform((columns) =>
    Object.fromEntries(Object.entries(columns).map(([name, value]) => [name.toLowerCase(), value])),
  ),
)

export type FieldRule = z.infer<typeof Rule>
export type ColumnValue = z.infer<typeof Value>

/** Columns of an entity whose names and codes the compiler knows, each a constant or a rule. */
export type RuledColumns<F> = { readonly [K in keyof F]?: NonNullable<F[K]> | FieldRule }
