/**
 * Points on which the sources about Sage CRM's REST API disagree or are silent. Each is a switch; a dialect is one row
 * of them. Only orderBy (since 2024 R2), 2024 R2's list of operators and the older contract's page size are documented
 * for the release they stand with; the other differences are there so that a client is tried with each variant.
 */
export type Dialect = {
  /** SData says 201; no captured answer of Sage CRM is public. */
  readonly createStatus: 200 | 201
  /** Sage's own client reads a number, SData writes a string. */
  readonly keyType: 'number' | 'string'
  readonly updateVerbs: readonly ('PUT' | 'PATCH')[]
  readonly deleteStatus: 200 | 204
  /** Whether `orderBy` is honoured; otherwise it is ignored like any unknown parameter. */
  readonly orderBy: boolean
  /** Linked records as the default one under the entity's name, or all of them under `$resources`. */
  readonly linkedAs: 'object' | 'resources'
  readonly errorBody: 'diagnoses' | 'html'
  /** Records on a page when `count` is not given. */
  readonly pageSize: number
  readonly whereOperators: ReadonlySet<string>
}

/** Parentheses are in nobody's list, but in live code: every dialect takes them. */
const DOCUMENTED_OPERATORS = ['and', 'or', 'between', 'eq', 'ge', 'gt', 'like']
const SEEN_OPERATORS = [...DOCUMENTED_OPERATORS, 'ne', 'in']
const ALL_OPERATORS = [...SEEN_OPERATORS, 'lt', 'le', 'not']

const lenient: Dialect = {
  createStatus: 201,
  keyType: 'number',
  updateVerbs: ['PUT', 'PATCH'],
  deleteStatus: 200,
  orderBy: false,
  linkedAs: 'object',
  errorBody: 'diagnoses',
  pageSize: 10,
  whereOperators: new Set(ALL_OPERATORS),
}

export const dialects = {
  '2019R2': {
    ...lenient,
    createStatus: 200,
    errorBody: 'html',
    pageSize: 100,
    whereOperators: new Set(SEEN_OPERATORS),
  },
  '2022R2': lenient,
  '2024R2': { ...lenient, deleteStatus: 204, orderBy: true, whereOperators: new Set(DOCUMENTED_OPERATORS) },
  'strict-sdata': {
    ...lenient,
    keyType: 'string',
    updateVerbs: ['PUT'],
    orderBy: true,
    linkedAs: 'resources',
  },
} as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects
