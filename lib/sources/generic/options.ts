import * as z from '../../values/schema.ts'
import { HeaderName, Scheme } from './scheme.ts'
import { Condition, headersOf, Selector } from './selector.ts'

/** What every source that is told by data can be told, whatever proves its sender. */
export const TOLD = {
  /** The sender's id of the delivery; without one it is known by its content. */
  id: z.optional(Selector),
  /** What is no business of the CRM, with the reason to note. The first that holds counts. */
  ignore: z._default(
    z.array(z.strictObject({ when: Condition, reason: z.string().check(z.minLength(1)) })),
    [],
  ),
  /** How a test delivery is told from a real one. */
  test: z.optional(Condition),
  /** What a sender asks before it delivers: the query parameter, or the header, it wants back. */
  handshake: z._default(
    z.strictObject({ query: z.optional(z.string().check(z.minLength(1))), header: z.optional(HeaderName) }),
    {},
  ),
} as const
export type Told = z.infer<z.ZodMiniObject<typeof TOLD>>

/** How a sender of the generic sources proves who it is: by a signature, or by a token in the URL or a header. */
export const PROOF = {
  signature: z.optional(Scheme),
  tokenHeader: z.optional(HeaderName),
} as const
export type ProofOptions = z.infer<z.ZodMiniObject<typeof PROOF>>

/** The headers the selectors of some options read, in lower case. */
export function headersRead(options: unknown): string[] {
  if (typeof options === 'string') return headersOf(options)
  if (typeof options !== 'object' || options === null) return []
  return [...new Set(Object.values(options).flatMap(headersRead))]
}
