import { DEFAULTS, type Dialect } from './switches.ts'

/**
 * Releases as rows of switches. Only orderBy and the operators of 2024 R2, and the page size of the older contract, are
 * documented for the release they stand with; the other differences are there so that a client meets each variant.
 */
export const dialects = {
  '2019R2': {
    ...DEFAULTS,
    createStatus: 200,
    errorBody: 'html',
    pageSize: 100,
    pageCap: 100,
    operators: 'seen',
    dateLiterals: 'at',
    quickFind: 'none',
    prototypeTypes: 'capital',
    prototypeChoices: 'none',
  },
  '2022R2': { ...DEFAULTS, postQuery: 'parameter' },
  '2024R2': {
    ...DEFAULTS,
    deleteStatus: 204,
    orderBy: 'honoured',
    operators: 'documented',
    dateLiterals: 'quoted',
  },
  'strict-sdata': {
    ...DEFAULTS,
    keyType: 'string',
    updateVerbs: 'PUT',
    writeAnswer: 'full',
    orderBy: 'honoured',
    linked: 'resources',
    etags: 'sent',
  },
} as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects

/** What a dialect has that the default of its switch is not: `createStatus=200`, … */
export function differencesOf(name: DialectName): string[] {
  const all = Object.entries<string | number>(dialects[name])
  return all.filter(([key, value]) => value !== DEFAULTS[key as keyof Dialect]).map((pair) => pair.join('='))
}

/** Parentheses are in nobody's list, but in live code: every release takes them. */
const DOCUMENTED = ['and', 'or', 'between', 'eq', 'ge', 'gt', 'like']
const SEEN = [...DOCUMENTED, 'ne', 'in']

/** The words of `where` that each value of the switch `operators` knows. */
export const OPERATORS: Readonly<Record<Dialect['operators'], ReadonlySet<string>>> = {
  documented: new Set(DOCUMENTED),
  seen: new Set(SEEN),
  all: new Set([...SEEN, 'lt', 'le', 'not', 'functions']),
}
