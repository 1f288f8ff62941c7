import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SWITCHES } from '../../emulator/switches.ts'
import { isLike } from '../../emulator/where/fold.ts'
import { parseWhere } from '../../emulator/where/parse.ts'
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

/** The words of `where` that the emulator's reader may meet here. It shares no line with the writer under test. */
const WORDS = new Set(['and', 'or', 'not', 'eq', 'ne', 'gt', 'le', 'like', 'in', 'between'])

const text = (value: string) => ({ kind: 'string', text: value })

const isSearchable = (value: string) => !/\p{Cc}/u.test(value) && value.isWellFormed()

/** Any text there is, much of it made of what means something in a query. */
const everything = fc.oneof(
  fc.array(fc.nat({ max: 0x10ffff })).map((points) => String.fromCodePoint(...points)),
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom("'", '%', '_', '[', '@', '"', '\\', ' ', '(', ')', ',', 'é', ' or ', ' eq ', '1'),
  }),
)
const anyText = everything.filter(isSearchable)
/** Twenty times as many in full mode: 100 000. */
const STRINGS = 5_000

describe('a where condition', () => {
  it('is one comparison with exactly the value, for any text without control characters', () => {
    const property = fc.property(anyText, fc.constantFrom('eq', 'ne', 'gt', 'le'), (value, op) => {
      const where = buildWhere({ op, field: 'comp_name', value }, entity)
      const read = { kind: 'compare', field: 'Comp_Name', operator: op, value: text(value) }
      expect(parseWhere(where, WORDS)).toEqual(read)
    })
    fc.assert(property, propertyRuns(STRINGS))
  })

  it('is refused for every other text, and for no more', () => {
    const broken = fc.tuple(
      anyText,
      fc.constantFrom('\0', '\n', '\x7f', '\u0085', '\ud83d', '\udc00'),
      anyText,
    )
    const property = fc.property(
      fc.oneof(
        everything,
        broken.map((parts) => parts.join('')),
      ),
      (value) => {
        const build = () => buildWhere({ op: 'eq', field: 'comp_name', value }, entity)
        if (isSearchable(value)) expect(build).not.toThrow()
        else expect(build).toThrow(WhereError)
      },
    )
    fc.assert(property, propertyRuns(1_000))
  })

  it('is one list with exactly the values', () => {
    const property = fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), (values) => {
      const where = buildWhere({ op: 'in', field: 'comp_name', values }, entity)
      const read = { kind: 'in', field: 'Comp_Name', values: values.map(text) }
      expect(parseWhere(where, WORDS)).toEqual(read)
    })
    fc.assert(property, propertyRuns(500))
  })

  it('like a text matches at least the rows that begin with it or contain it', () => {
    const some = anyText.filter((value) => value !== '')
    const property = fc.property(some, fc.constantFrom('start', 'anywhere'), some, (value, at, other) => {
      const read = parseWhere(buildWhere({ op: 'like', field: 'comp_name', value, at }, entity), WORDS)
      const row = at === 'start' ? value + other : other + value + other
      expect(read).toMatchObject({ kind: 'like', field: 'Comp_Name', pattern: expect.any(String) })
      for (const wildcards of SWITCHES.wildcards.values)
        expect('pattern' in read && isLike(row, read.pattern, wildcards)).toBe(true)
    })
    fc.assert(property, propertyRuns(500))
  })

  it("doubles the quote of O'Brien and leaves % alone in a comparison", () => {
    const where = buildWhere({ op: 'eq', field: 'COMP_NAME', value: "O'Brien 100%" }, entity)
    expect(where).toBe("Comp_Name eq 'O''Brien 100%'")
  })

  it('sends a % inside a like value as the wildcard that it is', () => {
    const where = buildWhere({ op: 'like', field: 'comp_name', value: '50% off', at: 'start' }, entity)
    expect(where).toBe("Comp_Name like '50% off%'")
  })

  it('sends a [ inside a like value as a wildcard: SQL Server would begin a set', () => {
    const where = buildWhere({ op: 'like', field: 'comp_name', value: '[VIP] Acme', at: 'anywhere' }, entity)
    expect(where).toBe("Comp_Name like '%%VIP] Acme%'")
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
