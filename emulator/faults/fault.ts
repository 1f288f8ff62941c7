import * as z from 'zod'

const Milliseconds = z.number().int().min(0).max(120_000)
const When = z.enum(['before-commit', 'after-commit'])

/** Something that goes wrong with one request. */
export const Fault = z.discriminatedUnion('kind', [
  /** It takes longer. */
  z.strictObject({ kind: z.literal('latency'), ms: Milliseconds }),
  /** It never answers; the connection is reset when the longest request has passed. Nothing is committed. */
  z.strictObject({ kind: z.literal('hang') }),
  /** It answers with this status, before or after the work was done. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(300).max(599),
    retryAfterS: z.number().int().min(0).optional(),
    when: When,
    body: z.enum(['diagnoses', 'html', 'empty']).default('diagnoses'),
  }),
  /** The connection is reset, before or after the work was done. */
  z.strictObject({ kind: z.literal('reset'), when: When }),
  /** The connection is reset at once and the work is done `ms` later. */
  z.strictObject({ kind: z.literal('late-commit'), ms: Milliseconds }),
  /**
   * Of a create with children the record itself and its first `children` are committed, the others are not; then the
   * connection is reset, or the answer is a 500. Of any other request nothing is.
   */
  z.strictObject({
    kind: z.literal('partial-commit'),
    children: z.number().int().min(0).default(0),
    answer: z.union([z.literal('reset'), z.literal(500)]).default('reset'),
  }),
])
export type Fault = z.infer<typeof Fault>

/** Which requests a fault is for: the `times` after the first `skip` that match. */
export const FaultRule = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  resource: z.string().min(1).optional(),
  times: z.number().int().min(1).default(1),
  skip: z.number().int().min(0).default(0),
  fault: Fault,
})
export type FaultRule = z.infer<typeof FaultRule>

const Rate = z.number().min(0).max(1).default(0)

const Rates = z
  .strictObject({
    status429: Rate,
    status500Before: Rate,
    status500After: Rate,
    resetBefore: Rate,
    resetAfter: Rate,
    lateCommit: Rate,
  })
  .refine((rates) => sum(Object.values(rates)) <= 1.000_001, 'must not add up to more than 1')

/** A mix of faults drawn at random for every write (429 for reads too), the same for the same seed. */
export const RandomFaults = z.strictObject({ seed: z.number().int(), rates: Rates })
export type RandomFaults = z.infer<typeof RandomFaults>
export type FaultRates = RandomFaults['rates']

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
