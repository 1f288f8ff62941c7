import * as z from 'zod'
import { HeaderName, Scheme } from './scheme.ts'
import { Condition, headersOf, Selector } from './selector.ts'

/** What every source that is told by data can be told, whatever proves its sender. */
export const TOLD = {
  /** The sender's id of the delivery; without one it is known by its content. */
  id: Selector.optional(),
  /** What is no business of the CRM, with the reason to note. The first that holds counts. */
  ignore: z.array(z.strictObject({ when: Condition, reason: z.string().min(1) })).default([]),
  /** How a test delivery is told from a real one. */
  test: Condition.optional(),
  /** What a sender asks before it delivers: the query parameter, or the header, it wants back. */
  handshake: z
    .strictObject({ query: z.string().min(1).optional(), header: HeaderName.optional() })
    .default({}),
} as const
export type Told = z.infer<z.ZodObject<typeof TOLD>>

/** How a sender of the generic sources proves who it is: by a signature, or by a token in the URL or a header. */
export const PROOF = {
  signature: Scheme.optional(),
  tokenHeader: HeaderName.optional(),
} as const
export type ProofOptions = z.infer<z.ZodObject<typeof PROOF>>

/** The headers the selectors of some options read, in lower case. */
export function headersRead(options: unknown): string[] {
  if (typeof options === 'string') return headersOf(options)
  if (typeof options !== 'object' || options === null) return []
  return [...new Set(Object.values(options).flatMap(headersRead))]
}
