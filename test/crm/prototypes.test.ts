import { describe, expect, it } from 'vitest'
import type { Entity } from '../../lib/crm/prototypes/field.ts'
import { parsePrototype } from '../../lib/crm/prototypes/parse.ts'
import { describeIssues, inStoredCasing, schemasOf } from '../../lib/crm/prototypes/schema.ts'
import { typesSource } from '../../lib/crm/prototypes/types.ts'

const PROTOTYPE = {
  $title: 'Cases',
  $resourceKind: 'Cases',
  $resourceId: 3,
  $properties: {
    Case_CaseId: { $title: 'Case ID', $type: 'sdata/integer', $isReadOnly: true },
    Case_Description: { $title: 'Description', $type: 'sdata/string', $maxLength: 255, $isMandatory: true },
    case_source: {
      $title: 'Source',
      $type: 'sdata/choice',
      $item: {
        $type: 'sdata/string',
        $enum: [
          { $value: 'Web', $title: 'Web site' },
          { $value: "Don't", $title: null },
        ],
      },
    },
    Case_Opened: { $title: 'Opened', $type: 'sdata/datetime' },
    Case_Total: { $title: 'Total', $type: 'sdata/decimal' },
    Case_Private: { $title: 'Private', $type: 'sdata/boolean' },
  },
}

const { entity } = parsePrototype(PROTOTYPE)

describe('a prototype', () => {
  it('becomes fields in neutral words', () => {
    expect(entity).toMatchObject({ name: 'Cases', tableId: 3, view: false })
    expect(entity.fields.slice(1, 3)).toEqual([
      {
        name: 'Case_Description',
        caption: 'Description',
        type: 'string',
        maxLength: 255,
        mandatory: true,
        readOnly: false,
        hidden: false,
      },
      {
        name: 'case_source',
        caption: 'Source',
        type: 'choice',
        mandatory: false,
        readOnly: false,
        hidden: false,
        choices: [
          { code: 'Web', caption: 'Web site' },
          { code: "Don't", caption: "Don't" },
        ],
      },
    ])
  })

  it('is read in other spellings: no sdata prefix, $length, $enum beside the type', () => {
    const properties = { Pers_Source: { $type: 'Choice', $length: 40, $enum: [{ $value: 1 }] } }
    const { entity: other } = parsePrototype({ ...PROTOTYPE, $resourceId: '13', $properties: properties })
    expect(other.tableId).toBe(13)
    expect(other.fields[0]).toMatchObject({
      type: 'choice',
      maxLength: 40,
      choices: [{ code: '1', caption: '1' }],
    })
  })

  it('of an unknown type is taken as text and said aloud', () => {
    const { entity: other, warnings } = parsePrototype({
      ...PROTOTYPE,
      $properties: { X: { $type: 'sdata/blob' } },
    })
    expect(other.fields[0]?.type).toBe('string')
    expect(warnings).toEqual(['X: type "sdata/blob" is not known, taken as text'])
  })

  it('named like a view is one', () => {
    expect(parsePrototype({ ...PROTOTYPE, $resourceKind: 'vPerson' }).entity.view).toBe(true)
  })

  it.each([
    ['Company', ['comp_campaignid', 'comp_name', 'comp_companyid'], 'comp_companyid'],
    ['Cases', ['Case_PrimaryCompanyId', 'Case_CaseId'], 'Case_CaseId'],
    ['quoteitems', ['QuIt_OrderQuoteID', 'QuIt_LineItemID'], 'QuIt_LineItemID'],
    ['Custom_Captions', ['Capt_Family', 'Capt_CaptionId'], 'Capt_CaptionId'],
    ['project', ['proj_companyid', 'proj_projectid'], 'proj_projectid'],
    ['Company', ['comp_name'], undefined],
    ['vPerson', ['Pers_PersonId'], undefined],
  ])('of %s with %j has the id field %s', (kind, names, idField) => {
    const $properties = Object.fromEntries(names.map((name) => [name, { $type: 'string' }]))
    const { entity: other } = parsePrototype({ ...PROTOTYPE, $resourceKind: kind, $properties })
    expect(other.idField).toBe(idField)
  })

  it('is read where its flags, lengths and choices are written otherwise', () => {
    const $properties = {
      a: { $type: 'sdata/string', $isMandatory: 'true', $maxLength: '12' },
      b: { $type: 'choice', $enum: ['Web', 7, { $value: '', $title: '--None--' }, { $title: 'no code' }] },
    }
    const { entity: other, warnings } = parsePrototype({ ...PROTOTYPE, $properties })
    expect(other.fields).toMatchObject([
      { mandatory: true, maxLength: 12 },
      {
        choices: [
          { code: 'Web', caption: 'Web' },
          { code: '7', caption: '7' },
        ],
      },
    ])
    expect(warnings).toEqual(['b: one of its choices is not understood and left out'])
  })

  it('asked for as a view is one, in whatever casing it answers', () => {
    expect(parsePrototype({ ...PROTOTYPE, $resourceKind: 'vperson' }, 'vPerson').entity.view).toBe(true)
  })

  it('that is none is refused', () => {
    expect(() => parsePrototype({ $diagnoses: [] })).toThrow(/resourceKind/)
  })
})

function issuesOf(
  purpose: 'create' | 'update',
  fields: Record<string, unknown>,
  of: Entity = entity,
): string[] {
  const result = schemasOf(of)[purpose].safeParse(inStoredCasing(of, fields))
  return result.success ? [] : describeIssues(of, result.error)
}

describe('the schemas of an entity', () => {
  it('accept what the CRM accepts, in any casing', () => {
    const fields = {
      CASE_DESCRIPTION: 'Broken',
      Case_Source: 'Web',
      case_opened: '2026-11-24T02:30:00Z',
      case_total: '12.50',
      case_private: true,
    }
    expect(issuesOf('create', fields)).toEqual([])
  })

  it.each([
    [{}, 'Case_Description'],
    [{ case_description: '' }, 'Case_Description: must not be empty'],
    [{ case_description: 'x'.repeat(256) }, 'Case_Description: at most 255 characters (has 256)'],
    [{ case_description: 'x', case_source: 'web' }, "case_source: one of the codes Web, Don't"],
    [{ case_description: 'x', case_opened: 'tomorrow' }, 'Case_Opened: a time like'],
    [{ case_description: 'x', case_total: '12,5' }, 'Case_Total'],
    [{ case_description: 'x', case_caseid: 1 }, 'Case_CaseId: is read-only'],
    [
      JSON.parse('{ "case_description": "x", "__proto__": 1 }') as Record<string, unknown>,
      '__proto__: is not a field of Cases',
    ],
  ])('refuse %j for a create, naming field and rule', (fields, issue) => {
    expect(issuesOf('create', fields)).toEqual([expect.stringContaining(issue)])
  })

  it('let an update leave out what is mandatory, and clear what is not given', () => {
    expect(issuesOf('update', { case_source: null })).toEqual([])
    expect(issuesOf('update', { case_caseid: 1 })).toEqual(['Case_CaseId: is read-only'])
  })

  it('do not let an update clear what is mandatory', () => {
    expect(issuesOf('update', { case_description: null })).toEqual([
      expect.stringContaining('Case_Description'),
    ])
  })

  it('let everything through that comes back', () => {
    expect(schemasOf(entity).read.safeParse({ Case_Unknown: 1, case_source: 'gone' }).success).toBe(true)
  })

  it('are built once', () => {
    expect(schemasOf(entity)).toBe(schemasOf(entity))
  })
})

it('becomes TypeScript with the codes as a union', () => {
  expect(typesSource([entity])).toContain(
    [
      'export type CasesFields = {',
      '  readonly Case_CaseId?: number | null',
      '  Case_Description: string',
      "  case_source?: 'Web' | 'Don\\'t' | null",
    ].join('\n'),
  )
})

it('becomes TypeScript in which no name or code of a CRM is code of ours', () => {
  const field = { caption: '', type: 'choice', mandatory: true, readOnly: false, hidden: false } as const
  const hostile = { ...field, name: "x': 1 }\n//", choices: [{ code: "a'\n\\", caption: '' }] }
  const source = typesSource([{ ...entity, fields: [hostile] }])
  expect(source).toContain("  'x\\': 1 }\\n//': 'a\\'\\n\\\\'\n")
})
