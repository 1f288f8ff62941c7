import type { FieldValue } from './plan.ts'

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** A condition on the records of one entity or view; built into the `where` parameter, never concatenated by callers. */
export type Expression =
  | { readonly op: Comparison; readonly field: string; readonly value: FieldValue }
  | { readonly op: 'like'; readonly field: string; readonly value: string; readonly at: 'start' | 'anywhere' }
  | { readonly op: 'between'; readonly field: string; readonly low: FieldValue; readonly high: FieldValue }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly FieldValue[] }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] }
