// biome-ignore-all lint/suspicious/noTemplateCurlyInString: generated source contains templates
import { describe, expect, it } from 'vitest'
import { parsePrototype } from '../../lib/crm/prototypes/parse.ts'
import { typesSource } from '../../lib/crm/prototypes/types.ts'
import { PROTOTYPE } from './case-prototype.ts'

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

  it('says by the names of its columns whose id they hold', () => {
    const names = ['Case_CaseId', 'Case_PrimaryCompanyId', 'Case_OpenedBy', 'case_total_CID', 'Case_Number']
    const $properties = Object.fromEntries(names.map((name) => [name, { $type: 'sdata/integer' }]))
    const { entity: other } = parsePrototype({ ...PROTOTYPE, $properties })
    const references = other.fields.map((field) => field.references)
    expect(references).toEqual([undefined, 'Company', 'Users', 'Currency', undefined])
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

it('becomes TypeScript with several codes as a list, and with long unions over several lines', () => {
  const codes = ['Strategic', 'Internal', 'Training', 'Marketing', 'Administration', 'Development', 'Support']
  const field = { name: 'tags', caption: '', mandatory: false, readOnly: false, hidden: false }
  const choices = codes.map((code) => ({ code, caption: code }))
  const fields = [
    { ...field, type: 'multi-choice', choices: choices.slice(0, 2) },
    { ...field, name: 'kind', type: 'choice', choices },
  ] as const
  const source = typesSource([{ ...entity, fields }])
  expect(source).toContain("  tags?: readonly ('Strategic' | 'Internal')[] | `,${string},` | null\n")
  expect(source).toContain("  kind?:\n    | 'Strategic'\n    | 'Internal'\n")
  expect(source).toContain("    | 'Support'\n    | null\n")
})

it('becomes TypeScript in which no name or code of a CRM is code of ours', () => {
  const field = { caption: '', type: 'choice', mandatory: true, readOnly: false, hidden: false } as const
  const hostile = { ...field, name: "x': 1 }\n//", choices: [{ code: "a'\n\\", caption: '' }] }
  const source = typesSource([{ ...entity, fields: [hostile] }])
  expect(source).toContain("  'x\\': 1 }\\n//': 'a\\'\\n\\\\'\n")
})
