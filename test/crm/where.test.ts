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

/** Reads `<field> eq '<text>'` as the SData standard says: a doubled quote is a quote. undefined: it is something else. */
function readComparison(where: string): { field: string; value: string } | undefined {
  const match = /^(\w+) eq '((?:[^']|'')*)'$/s.exec(where)
  return match?.[1] === undefined
    ? undefined
    : { field: match[1], value: (match[2] ?? '').replaceAll("''", "'") }
}

describe('a where condition', () => {
  it('is one comparison with exactly the value, for any text without control characters', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule that is tested
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !/[\u0000-\u001f\u007f]/.test(value))
    const property = fc.property(text, (value) => {
      const where = buildWhere({ op: 'eq', field: 'comp_name', value }, entity)
      expect(readComparison(where)).toEqual({ field: 'Comp_Name', value })
    })
    fc.assert(property, propertyRuns(2_000))
  })

  it("doubles the quote of O'Brien and leaves % alone in a comparison", () => {
    const where = buildWhere({ op: 'eq', field: 'COMP_NAME', value: "O'Brien 100%" }, entity)
    expect(where).toBe("Comp_Name eq 'O''Brien 100%'")
  })

  it('sends a % inside a like value as one-character wildcard', () => {
    const where = buildWhere({ op: 'like', field: 'comp_name', value: '50% off', at: 'start' }, entity)
    expect(where).toBe("Comp_Name like '50_ off%'")
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
    [{ op: 'in', field: 'comp_name', values: [] }, /Comp_Name: "in" of nothing/],
    [{ op: 'eq', field: 'comp_name', value: { ref: 'company' } }, /Comp_Name/],
  ] as const)('refuses what the CRM cannot search for: %j', (expression, message) => {
    const build = () => buildWhere(expression, entity)
    expect(build).toThrow(WhereError)
    expect(build).toThrow(message)
  })
})
