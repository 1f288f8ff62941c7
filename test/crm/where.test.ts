import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { buildWhere, WhereError } from '../../lib/crm/where.ts'
import { propertyRuns } from '../support/property.ts'

const plain = { caption: '', mandatory: false, readOnly: false, hidden: false } as const
const entity: Entity = {
  name: 'Company',
  tableId: 5,
  view: false,
  fields: [
    { ...plain, name: 'Comp_CompanyId', type: 'integer' },
    { ...plain, name: 'Comp_Name', type: 'string', maxLength: 60 },
  ],
}

type Comparison = { readonly field: string; readonly op: string; readonly values: readonly string[] }

/**
 * Reads `<field> <op> '<text>'` and `<field> in ('<text>', …)` as the SData standard says: a doubled quote is a quote.
 * undefined: it is something else, such as two comparisons.
 */
function readComparison(where: string): Comparison | undefined {
  const [, field, op, rest] = /^(\w+) (\w+) (.*)$/s.exec(where) ?? []
  if (field === undefined || op === undefined || rest === undefined) return undefined
  const values: string[] = []
  let left = op === 'in' ? rest.replace(/^\(|\)$/g, '') : rest
  while (left !== '') {
    const [whole = '', text] = /^'((?:[^']|'')*)'(?:, (?=')|$)/s.exec(left) ?? []
    if (text === undefined) return undefined
    values.push(text.replaceAll("''", "'"))
    left = left.slice(whole.length)
  }
  return { field, op, values }
}

/** Any text there is, well-formed and without control characters. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom("'", '%', '_', '[', ' ', '(', ',', 'é') }),
  )
  .filter((value) => !/\p{Cc}/u.test(value))

/** SQL Server's LIKE: `%` any text, `_` any character, `[…]` one of a set. */
function sqlLike(pattern: string): RegExp {
  const parts = pattern.replace(/[\\^$.*+?(){}|\]/-]/g, '\\$&')
  return new RegExp(`^${parts.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's')
}

describe('a where condition', () => {
  it('is one comparison with exactly the value, for any text without control characters', () => {
    const property = fc.property(anyText, fc.constantFrom('eq', 'ne', 'gt', 'le'), (value, op) => {
      const where = buildWhere({ op, field: 'comp_name', value }, entity)
      expect(readComparison(where)).toEqual({ field: 'Comp_Name', op, values: [value] })
    })
    fc.assert(property, propertyRuns(5_000))
  })

  it('is one list with exactly the values', () => {
    const property = fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), (values) => {
      const where = buildWhere({ op: 'in', field: 'comp_name', values }, entity)
      expect(readComparison(where)).toEqual({ field: 'Comp_Name', op: 'in', values })
    })
    fc.assert(property, propertyRuns(500))
  })

  it('like a text matches at least the rows that begin with it or contain it', () => {
    const text = anyText.filter((value) => value !== '')
    const property = fc.property(text, fc.constantFrom('start', 'anywhere'), text, (value, at, other) => {
      const pattern = readComparison(buildWhere({ op: 'like', field: 'comp_name', value, at }, entity))
        ?.values[0]
      const row = at === 'start' ? value + other : other + value + other
      expect(sqlLike(pattern ?? '')).toSatisfy((like: RegExp) => like.test(row))
    })
    fc.assert(property, propertyRuns(500))
  })

  it("doubles the quote of O'Brien and leaves % alone in a comparison", () => {
    const where = buildWhere({ op: 'eq', field: 'COMP_NAME', value: "O'Brien 100%" }, entity)
    expect(where).toBe("Comp_Name eq 'O''Brien 100%'")
  })

  it('sends a % inside a like value as one-character wildcard', () => {
    const where = buildWhere({ op: 'like', field: 'comp_name', value: '50% off', at: 'start' }, entity)
    expect(where).toBe("Comp_Name like '50_ off%'")
  })

  it('sends a [ inside a like value as one-character wildcard: SQL Server would begin a set', () => {
    const where = buildWhere({ op: 'like', field: 'comp_name', value: '[VIP] Acme', at: 'anywhere' }, entity)
    expect(where).toBe("Comp_Name like '%_VIP] Acme%'")
  })

  it('writes a number as text where the column is text', () => {
    const where = buildWhere({ op: 'eq', field: 'comp_name', value: 1001 }, entity)
    expect(where).toBe("Comp_Name eq '1001'")
  })

  it('writes numbers bare, and joins and nests', () => {
    const where = buildWhere(
      {
        op: 'and',
        of: [
          { op: 'in', field: 'comp_companyid', values: ['43', 45] },
          {
            op: 'or',
            of: [
              { op: 'between', field: 'comp_companyid', low: 1, high: 50 },
              { op: 'ne', field: 'comp_name', value: '' },
            ],
          },
        ],
      },
      entity,
    )
    expect(where).toBe(
      "(Comp_CompanyId in (43, 45) and (Comp_CompanyId between 1 and 50 or Comp_Name ne ''))",
    )
  })

  it.each([
    [{ op: 'eq', field: 'comp_nam', value: 'x' }, /comp_nam: is not a field of Company/],
    [{ op: 'eq', field: 'comp_name', value: null }, /Comp_Name: .*null/],
    [{ op: 'eq', field: 'comp_name', value: true }, /Comp_Name: .*boolean/],
    [{ op: 'eq', field: 'comp_name', value: 'a\nb' }, /Comp_Name: a control character/],
    [
      { op: 'eq', field: 'comp_companyid', value: '1 or 1=1' },
      /Comp_CompanyId: must be compared with a number/,
    ],
    [{ op: 'eq', field: 'comp_name', value: 'a\u0085b' }, /Comp_Name: a control character/],
    [{ op: 'eq', field: 'comp_name', value: '\ud83d' }, /Comp_Name: half a character/],
    [{ op: 'like', field: 'comp_name', value: '', at: 'anywhere' }, /Comp_Name: "like" of nothing/],
    [{ op: 'eq', field: 'comp_companyid', value: 1e21 }, /Comp_CompanyId: must be compared with a number/],
    [{ op: 'in', field: 'comp_name', values: [] }, /Comp_Name: "in" of nothing/],
    [{ op: 'eq', field: 'comp_name', value: { ref: 'company' } }, /Comp_Name/],
  ] as const)('refuses what the CRM cannot search for: %j', (expression, message) => {
    const build = () => buildWhere(expression, entity)
    expect(build).toThrow(WhereError)
    expect(build).toThrow(message)
  })
})
