import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from '../../lib/crm/matches.ts'
import { narrow } from '../../lib/crm/narrow.ts'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { RELEASES, type Release, type ReleaseName } from '../../lib/crm/release.ts'
import { buildWhere, type Expression } from '../../lib/crm/where.ts'
import { propertyRuns } from '../support/property.ts'

const plain = { caption: '', mandatory: false, readOnly: false, hidden: false } as const
const entity: Entity = {
  name: 'Cases',
  tableId: 3,
  view: false,
  fields: [
    { ...plain, name: 'Id', type: 'integer' },
    { ...plain, name: 'Amount', type: 'decimal' },
    { ...plain, name: 'Name', type: 'string' },
    { ...plain, name: 'Opened', type: 'datetime' },
    { ...plain, name: 'Done', type: 'boolean' },
  ],
}
const NAMES = Object.keys(RELEASES) as ReleaseName[]

const texts = fc.constantFrom('a', 'A', 'b', 'ab', 'a%b', 'b_', '50%', '')
const numbers = fc.constantFrom(-3, 0, 1, 2, 7)
const amounts = fc.constantFrom('-1.5', '0', '0.5', '1', '2.25')
const times = fc.constantFrom(
  '2026-03-29T00:30:00Z',
  '2026-03-29T01:30:00Z',
  '2026-10-25',
  '2026-10-25T23:00:00Z',
)
const VALUES = { Id: numbers, Amount: amounts, Name: texts, Opened: times } as const
type Comparable = keyof typeof VALUES

const comparisons = fc
  .constantFrom<Comparable[]>('Id', 'Amount', 'Name', 'Opened')
  .chain((field): fc.Arbitrary<Expression> => {
    const value: fc.Arbitrary<string | number> = VALUES[field]
    const op = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le')
    return fc.oneof(
      fc.record({ op: op as fc.Arbitrary<'eq'>, field: fc.constant(field), value }),
      fc.record({ op: fc.constant('between' as const), field: fc.constant(field), low: value, high: value }),
      fc.record({
        op: fc.constant('in' as const),
        field: fc.constant(field),
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        op: fc.constantFrom('eq' as const, 'ne' as const),
        field: fc.constant(field),
        value: fc.constant(null),
      }),
    )
  })
const others: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({
    op: fc.constant('like' as const),
    field: fc.constant('Name'),
    value: texts.filter((text) => text !== ''),
    at: fc.constantFrom('start' as const, 'anywhere' as const, 'pattern' as const),
  }),
  fc.record({
    op: fc.constantFrom('eq' as const, 'ne' as const),
    field: fc.constant('Done'),
    value: fc.boolean(),
  }),
)
const { expression: expressions } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparisons,
    others,
    fc.record({ op: fc.constant('not' as const), of: tie('expression') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })
const rows = fc
  .record({
    id: maybe(numbers),
    amount: maybe(amounts),
    name: maybe(texts),
    opened: maybe(times),
    done: fc.constantFrom(true, false, null),
  })
  .map((values) => ({ get: (field: string) => values[field.toLowerCase() as keyof typeof values] }))

/** The words of a condition that a release would have to know. */
function wordsIn(expression: Expression): string[] {
  if (expression.op === 'not') return ['not', ...wordsIn(expression.of)]
  if (expression.op === 'and' || expression.op === 'or') return expression.of.flatMap(wordsIn)
  return [expression.op]
}

describe('a condition narrowed to a release', () => {
  it.each(NAMES)(
    'of %s asks for at least the rows that satisfy it, and for no others when it is exact',
    (name) => {
      const property = fc.property(expressions, rows, (expression, row) => {
        const { ask, exact } = narrow(expression, entity, RELEASES[name])
        const wanted = matches(expression, row, entity, 'Europe/Dublin')
        const asked = ask === undefined || matches(ask, row, entity, 'Europe/Dublin')
        expect(exact ? asked : asked || !wanted).toBe(exact ? wanted : true)
      })
      fc.assert(property, propertyRuns(1_000))
    },
  )

  it.each(NAMES)('of %s has only words that this release knows, and can be written', (name) => {
    const release: Release = RELEASES[name]
    const property = fc.property(expressions, (expression) => {
      const { ask } = narrow(expression, entity, release)
      if (ask === undefined) return
      expect(wordsIn(ask).filter((word) => !release.operators.has(word as 'eq'))).toEqual([])
      expect(buildWhere(ask, entity, { ...release, timeZone: 'Europe/Dublin' })).not.toBe('')
    })
    fc.assert(property, propertyRuns(500))
  })

  it.each([
    [{ op: 'in', field: 'Id', values: [1, 2] }, '(Id eq 1 or Id eq 2)', true],
    [{ op: 'lt', field: 'Id', value: 5 }, 'Id between -2147483648 and 4', true],
    [{ op: 'lt', field: 'Amount', value: '5' }, 'Amount between -999999999999999999 and 5', false],
    [{ op: 'not', of: { op: 'gt', field: 'Id', value: 5 } }, 'Id between -2147483648 and 5', true],
    [{ op: 'like', field: 'Name', value: '50%', at: 'start' }, "Name like '50%%'", false],
    [{ op: 'like', field: 'Name', value: 'a_c[d%', at: 'pattern' }, "Name like 'a%c%d%'", false],
    [{ op: 'like', field: 'Name', value: 'ac%', at: 'pattern' }, "Name like 'ac%'", true],
  ] as const)('of any release: %j is asked as %s', (expression, where, exact) => {
    const narrowed = narrow(expression, entity, RELEASES.any)
    expect([narrowed.ask && buildWhere(narrowed.ask, entity), narrowed.exact]).toEqual([where, exact])
  })

  it.each([
    { op: 'eq', field: 'Name', value: null },
    { op: 'eq', field: 'Done', value: true },
    { op: 'lt', field: 'Opened', value: '2026-11-24' },
    {
      op: 'or',
      of: [
        { op: 'eq', field: 'Id', value: 1 },
        { op: 'ne', field: 'Name', value: 'a' },
      ],
    },
  ] as const)('of any release: %j asks for every record', (expression) => {
    expect(narrow(expression, entity, RELEASES.any)).toEqual({ ask: undefined, exact: false })
  })
})
