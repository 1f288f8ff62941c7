import { describe, expect, it } from 'vitest'
import { type Change, driftOf } from '../../lib/crm/prototypes/drift.ts'
import type { Entity, Field } from '../../lib/crm/prototypes/field.ts'
import { type FieldUse, impactOf } from '../../lib/crm/prototypes/impact.ts'

const PLAIN = { caption: '', type: 'string', mandatory: false, readOnly: false, hidden: false } as const
const codes = (...list: string[]) => list.map((code) => ({ code, caption: code }))

const FIELDS: Readonly<Record<string, Field>> = {
  ref: { ...PLAIN, name: 'case_ref', maxLength: 30 },
  source: { ...PLAIN, name: 'case_source', type: 'choice', choices: codes('Web', 'Phone') },
  text: { ...PLAIN, name: 'case_text', maxLength: 255 },
  num: { ...PLAIN, name: 'num', mandatory: true, readOnly: true },
}

function cases(changed: Readonly<Record<string, Partial<Field> | undefined>> = {}): Entity {
  const names = [...new Set([...Object.keys(FIELDS), ...Object.keys(changed)])]
  const fields = names.flatMap((name): Field[] => {
    if (name in changed && changed[name] === undefined) return []
    return [{ ...PLAIN, name, ...FIELDS[name], ...changed[name] }]
  })
  return { name: 'Cases', tableId: 3, view: false, idField: 'case_caseid', fields }
}

const USES: readonly FieldUse[] = [
  { path: 'sources.contact', entity: 'Cases', field: 'case_source', use: 'written', value: 'Web', needs: 3 },
  { path: 'sources.contact', entity: 'Cases', field: 'Case_Text', use: 'written', value: 'x', needs: 1 },
  {
    path: 'sources.careers',
    entity: 'Cases',
    field: 'case_source',
    use: 'written',
    value: 'Phone',
    needs: 5,
  },
  {
    path: 'crm.markerFields.Cases',
    entity: 'Cases',
    field: 'case_ref',
    use: 'written',
    needs: 28,
    marker: true,
  },
  { path: 'sources.contact', entity: 'Person', field: 'pers_lastname', use: 'searched' },
]

/** The changes of an entity that is now like this, and what they break. */
function checked(is: Entity): (readonly [string, string, string])[] {
  const changes = driftOf([cases()], [is])
  return impactOf(changes, USES, [is]).map(
    ({ field = '', kind, breaks }) => [field, kind, breaks.join(' ')] as const,
  )
}

const BOTH = 'sources.contact sources.careers'
const ALL = `${BOTH} crm.markerFields.Cases`

describe('a CRM that has changed', () => {
  it.each<[string, Entity, [string, string, string][]]>([
    ['nothing', cases(), []],
    ['a new field', cases({ extra: {} }), [['extra', 'added', '']]],
    ['a new mandatory field', cases({ extra: { mandatory: true } }), [['extra', 'added', BOTH]]],
    [
      'a new mandatory field no screen shows',
      cases({ extra: { mandatory: true, hidden: true } }),
      [['extra', 'added', '']],
    ],
    ['a field that is gone', cases({ ref: undefined }), [['case_ref', 'removed', 'crm.markerFields.Cases']]],
    [
      'a field that one source sets',
      cases({ text: { mandatory: true } }),
      [['case_text', 'mandatory', 'sources.careers']],
    ],
    [
      'a code that one source writes',
      cases({ source: { choices: codes('Web', 'Mail') } }),
      [['case_source', 'list', 'sources.careers']],
    ],
    [
      'a code more',
      cases({ source: { choices: codes('Web', 'Phone', 'Mail') } }),
      [['case_source', 'list', '']],
    ],
    [
      'a list where there was none',
      cases({ text: { choices: codes('y'), type: 'choice' } }),
      [
        ['case_text', 'type', 'sources.contact'],
        ['case_text', 'list', 'sources.contact'],
      ],
    ],
    [
      'a marker column that is too short',
      cases({ ref: { maxLength: 27 } }),
      [['case_ref', 'length', 'crm.markerFields.Cases']],
    ],
    ['a marker column that is long enough', cases({ ref: { maxLength: 28 } }), [['case_ref', 'length', '']]],
    [
      'a field that became read-only',
      cases({ text: { readOnly: true } }),
      [['case_text', 'read-only', 'sources.contact']],
    ],
    [
      'a mandatory field that became writable',
      cases({ num: { mandatory: true, readOnly: false } }),
      [['num', 'read-only', BOTH]],
    ],
    ['another caption', cases({ text: { caption: 'Words' } }), [['case_text', 'caption', '']]],
    ['another casing', cases({ text: { name: 'CASE_TEXT' } }), []],
    ['another table id', { ...cases(), tableId: 4 }, [['', 'table id', ALL]]],
  ])('has %s', (_, is, expected) => {
    expect(checked(is)).toEqual(expected)
  })

  it('says what was and what is', () => {
    const source = { choices: [{ code: 'Web', caption: 'Web site' }] }
    expect(driftOf([cases()], [cases({ source, ref: { maxLength: 20 } })])).toEqual([
      { entity: 'Cases', field: 'case_ref', kind: 'length', was: '30', is: '20' },
      { entity: 'Cases', field: 'case_source', kind: 'list', was: 'Web, Phone', is: 'Web (Web site)' },
    ] satisfies Change[])
  })

  it('does not show an entity any more', () => {
    const changes = driftOf([cases()], [])
    expect(impactOf(changes, USES, [])).toEqual([
      { entity: 'Cases', kind: 'removed', was: 'there', is: '', breaks: ALL.split(' ') },
    ])
  })

  it('may lack an entity that nothing uses', () => {
    const changes = driftOf([{ ...cases(), name: 'Quotes' }], [])
    expect(changes).toHaveLength(1)
    expect(impactOf(changes, USES, [])).toEqual([])
  })

  it('is not compared in what it never says', () => {
    const { maxLength: _, ...ref } = FIELDS['ref'] as Field
    const { maxLength: __, ...text } = FIELDS['text'] as Field
    const { choices: ___, ...source } = FIELDS['source'] as Field
    expect(driftOf([cases()], [{ ...cases(), fields: [ref, source, text, FIELDS['num'] as Field] }])).toEqual(
      [],
    )
  })
})
