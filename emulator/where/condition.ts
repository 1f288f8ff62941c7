export const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** A value as it was written: its text without quotes or `@`. */
export type Literal = { readonly kind: 'string' | 'number' | 'date'; readonly text: string }

/** What a `where` says, before anybody has looked at which fields there are. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare'
      readonly field: string
      readonly operator: Comparison
      readonly value: Literal
    }
  | { readonly kind: 'like'; readonly field: string; readonly pattern: string }
  | { readonly kind: 'between'; readonly field: string; readonly low: Literal; readonly high: Literal }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Literal[] }
  /** `1=2`: a comparison of two constants, which callers use to ask for nothing. */
  | { readonly kind: 'constant'; readonly holds: boolean }

/** A `where` that cannot be read, or that asks for something Sage CRM cannot search. */
export class WhereSyntaxError extends Error {
  override readonly name = 'WhereSyntaxError'
}
