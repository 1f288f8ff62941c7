import type { Comparison } from './where.ts'

/** What a release of Sage CRM takes in a query. */
export type Release = {
  /** Words of `where` besides and, or, eq and parentheses. */
  readonly operators: ReadonlySet<Comparison | 'like' | 'between' | 'in' | 'not'>
  /** What gt, ge and their like compare besides numbers. */
  readonly ordered: { readonly text: boolean; readonly dates: boolean }
  /** How a date is written: `'2014-03-14'`, `@2014-03-14@`, or not at all because nobody knows. */
  readonly dateLiteral: 'quoted' | 'at' | 'unknown'
  /** Whether a checkbox can be compared with 'Y' (seen in live code, denied by Sage's staff). */
  readonly checkboxes: boolean
  readonly updateVerb: 'PATCH' | 'PUT'
}

const DOCUMENTED = ['eq', 'ge', 'gt', 'like', 'between'] as const
const SEEN = [...DOCUMENTED, 'ne', 'in'] as const
const EVERYTHING = [...SEEN, 'lt', 'le', 'not'] as const

const careful = {
  operators: new Set(DOCUMENTED),
  ordered: { text: false, dates: false },
  dateLiteral: 'unknown',
  checkboxes: false,
  updateVerb: 'PATCH',
} as const satisfies Release

/**
 * Releases by name. `any` asks only what every one of them answers, and filters the rest on this side; naming the release
 * (the doctor says which) makes queries on dates and codes shorter. 2024 R2: the list of its announcement
 * (https://developer.sage.com/crm/announcements/2024-09-30). Earlier ones: what live code and the older documentation use.
 */
export const RELEASES = {
  any: careful,
  '2019R2': {
    ...careful,
    operators: new Set(SEEN),
    ordered: { text: false, dates: true },
    dateLiteral: 'at',
  },
  '2022R2': {
    ...careful,
    operators: new Set(EVERYTHING),
    ordered: { text: true, dates: true },
    dateLiteral: 'quoted',
    checkboxes: true,
  },
  '2024R2': { ...careful, ordered: { text: false, dates: true }, dateLiteral: 'quoted' },
  'strict-sdata': {
    ...careful,
    operators: new Set(EVERYTHING),
    ordered: { text: true, dates: true },
    dateLiteral: 'at',
    updateVerb: 'PUT',
  },
} as const satisfies Record<string, Release>

export type ReleaseName = keyof typeof RELEASES
