import { describe, expect, it } from 'vitest'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { buildWhere, type Expression, fieldsIn, WhereError } from '../../lib/crm/where.ts'

const plain = { caption: '', mandatory: false, readOnly: false, hidden: false } as const
const entity: Entity = {
  name: 'Opportunity',
  tableId: 10,
  view: false,
  fields: [
    { ...plain, name: 'Oppo_Description', type: 'string' },
    { ...plain, name: 'Oppo_Total', type: 'decimal' },
    { ...plain, name: 'Oppo_PrimaryCompanyId', type: 'reference' },
    { ...plain, name: 'Oppo_Opened', type: 'datetime' },
  ],
}

const build = (expression: Expression) => buildWhere(expression, entity)
const eq = (field: string, value: string | number) => ({ op: 'eq', field, value }) as const
const opened = (value: string) => eq('oppo_opened', value)

describe('a term of a where condition', () => {
  it.each([
    [eq('oppo_total', '12.50'), 'Oppo_Total eq 12.50'],
    [eq('oppo_total', -3), 'Oppo_Total eq -3'],
    [eq('oppo_primarycompanyid', 43), 'Oppo_PrimaryCompanyId eq 43'],
    [{ op: 'not', of: eq('oppo_total', 1) }, 'not (Oppo_Total eq 1)'],
    [{ op: 'and', of: [eq('oppo_total', 1)] }, 'Oppo_Total eq 1'],
    [{ op: 'in', field: 'oppo_description', values: ['1', 'a'] }, "Oppo_Description in ('1', 'a')"],
    [{ op: 'like', field: 'oppo_description', value: 'a_c', at: 'pattern' }, "Oppo_Description like 'a_c'"],
  ] satisfies [Expression, string][])('is written by the type of its field: %j', (expression, text) => {
    expect(build(expression)).toBe(text)
  })

  it.each(['1.', '.5', '1.5.5', '1,5', '1e3', ' 1', '1 ', '--1', 'x1', '1x', ''])(
    'is refused where a number is wanted and %j is given',
    (value) => {
      expect(() => build(eq('oppo_total', value))).toThrow(WhereError)
    },
  )

  it.each([
    ['quoted', 'UTC', '2026-11-24', "Oppo_Opened eq '2026-11-24'"],
    ['quoted', 'UTC', '2026-11-24T02:30:00Z', "Oppo_Opened eq '2026-11-24T02:30:00'"],
    ['at', 'UTC', '2026-11-24', 'Oppo_Opened eq @2026-11-24@'],
    ['at', 'Europe/Dublin', '2026-06-24T23:00:00Z', 'Oppo_Opened eq @2026-06-25@'],
  ] as const)('on a date is written %s, in the zone %s: %s', (dateLiteral, timeZone, value, text) => {
    expect(buildWhere(opened(value), entity, { dateLiteral, timeZone })).toBe(text)
  })

  it('on a date is refused where something else is given', () => {
    expect(() => build(opened('yesterday'))).toThrow(
      'Oppo_Opened: must be compared with a date like 2026-11-24 or 2026-11-24T02:30:00Z',
    )
  })

  it.each(['and', 'or'] as const)('"%s" is refused without any parts', (op) => {
    expect(() => build({ op, of: [] })).toThrow(`"${op}" of nothing`)
  })

  it('is refused with an error that has a name of its own', () => {
    expect(() => build({ op: 'and', of: [] })).toThrow(expect.objectContaining({ name: 'WhereError' }))
  })

  it('tells the fields it looks at, however deep', () => {
    const deep = { op: 'not', of: { op: 'or', of: [eq('a', 1), { op: 'and', of: [eq('b', 2)] }] } } as const
    expect(fieldsIn(deep)).toEqual(['a', 'b'])
    expect(fieldsIn(eq('c', 1))).toEqual(['c'])
  })
})
