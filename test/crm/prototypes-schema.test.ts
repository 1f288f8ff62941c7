import { describe, expect, it } from 'vitest'
import { codeMeant } from '../../lib/crm/prototypes/choices.ts'
import type { Entity, Field } from '../../lib/crm/prototypes/field.ts'
import { parsePrototype } from '../../lib/crm/prototypes/parse.ts'
import { describeIssues, inStoredCasing, schemasOf } from '../../lib/crm/prototypes/schema.ts'
import { PROTOTYPE } from './case-prototype.ts'

const { entity } = parsePrototype(PROTOTYPE)

const PLAIN = { caption: '', mandatory: false, readOnly: false, hidden: false } as const

/** An entity with these fields alone. */
function entityOf(...fields: Partial<Field>[]): Entity {
  const complete = fields.map((field): Field => ({ ...PLAIN, name: 'x', type: 'string', ...field }))
  return { name: 'Things', tableId: 1, view: false, fields: complete }
}

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
    [{}, 'Case_Description (Description): is mandatory'],
    [{ case_description: '' }, 'Case_Description (Description): must not be empty'],
    [
      { case_description: 'x'.repeat(256) },
      'Case_Description (Description): at most 255 characters (has 256)',
    ],
    [
      { case_description: 'x', case_source: 'web' },
      "case_source (Source): must be one of the codes Web (Web site), Don't; meant is perhaps Web",
    ],
    [{ case_description: 'x', case_opened: 'tomorrow' }, 'Case_Opened (Opened): must be a time like'],
    [{ case_description: 'x', case_total: '12,5' }, 'Case_Total (Total): must be a decimal number'],
    [{ case_description: 'x', case_private: 'perhaps' }, 'Case_Private (Private): must be true or false'],
    [{ case_description: 'x', case_caseid: 1 }, 'Case_CaseId (Case ID): is read-only'],
    [
      JSON.parse('{ "case_description": "x", "__proto__": 1 }') as Record<string, unknown>,
      '__proto__: is not a field of Cases',
    ],
  ])('refuse %j for a create, naming field and rule', (fields, issue) => {
    expect(issuesOf('create', fields)).toEqual([expect.stringContaining(issue)])
  })

  it('let an update leave out what is mandatory, and clear what is not given', () => {
    expect(issuesOf('update', { case_source: null })).toEqual([])
    expect(issuesOf('update', { case_caseid: 1 })).toEqual(['Case_CaseId (Case ID): is read-only'])
  })

  it('do not let an update clear what is mandatory', () => {
    expect(issuesOf('update', { case_description: null })).toEqual([
      expect.stringContaining('Case_Description'),
    ])
  })

  it('are built once', () => {
    expect(schemasOf(entity)).toBe(schemasOf(entity))
  })
})

describe('a field with several codes', () => {
  const choices = ['Red', 'Blue', 'Green'].map((code) => ({ code, caption: code }))
  const colours = entityOf({ name: 'colours', type: 'multi-choice', choices, maxLength: 10 })

  it.each([[['Red', 'Blue']], [',Red,Blue,'], [''], [null]])('takes %j', (value) => {
    expect(issuesOf('create', { colours: value }, colours)).toEqual([])
  })

  it.each([
    [['Red', 'Pink'], 'colours: may hold the codes Red, Blue, Green'],
    [',Red,blue,', 'colours: may hold the codes Red, Blue, Green; meant is perhaps Blue'],
    [['Red', 'Green'], 'colours: at most 10 characters (has 11)'],
    [7, 'colours: must be a list of codes, or text like ,one,two,'],
  ])('refuses %j', (value, issue) => {
    expect(issuesOf('create', { colours: value }, colours)).toEqual([issue])
  })

  it('cannot be empty when it is mandatory', () => {
    const mandatory = entityOf({ name: 'colours', type: 'multi-choice', choices, mandatory: true })
    expect(issuesOf('create', { colours: ',,' }, mandatory)).toEqual(['colours: must not be empty'])
    expect(issuesOf('create', {}, mandatory)).toEqual(['colours: is mandatory'])
  })
})

describe('what the prototypes leave open', () => {
  it('is let through: a length that is not said, a list that nobody knows', () => {
    const open = entityOf({ name: 'text' }, { name: 'kind', type: 'choice', maxLength: 5 })
    expect(issuesOf('create', { text: 'x'.repeat(5_000), kind: 'any' }, open)).toEqual([])
    expect(issuesOf('create', { kind: 'longer' }, open)).toEqual(['kind: at most 5 characters (has 6)'])
  })

  it('is left to the CRM: a mandatory field that no screen shows', () => {
    const hidden = entityOf({ name: 'secret', mandatory: true, hidden: true })
    expect(issuesOf('create', {}, hidden)).toEqual([])
    expect(issuesOf('create', { secret: 'x' }, hidden)).toEqual([])
    expect(issuesOf('create', { secret: null }, hidden)).toEqual(['secret: is mandatory'])
  })

  it('names the entity whose id a number is', () => {
    const owned = entityOf({ name: 'owner', type: 'integer', references: 'Users' })
    expect(issuesOf('create', { owner: 'Susan' }, owned)).toEqual([
      'owner: must be a whole number, the id of a record of Users',
    ])
  })
})

describe('what comes back', () => {
  const everyType = entityOf(
    { name: 'id', type: 'integer' },
    { name: 'company', type: 'reference' },
    { name: 'total', type: 'decimal' },
    { name: 'open', type: 'boolean' },
    { name: 'at', type: 'datetime' },
    { name: 'kind', type: 'choice', choices: [{ code: 'A', caption: 'A' }] },
    { name: 'tags', type: 'multi-choice' },
    { name: 'text', type: 'string', maxLength: 1, mandatory: true },
  )
  const read = (fields: Record<string, unknown>) => schemasOf(everyType).read.safeParse(fields)

  it.each([
    [
      { id: '43', company: 43 },
      { id: 43, company: 43 },
    ],
    [{ total: 12.5 }, { total: '12.5' }],
    [{ total: '12.500000' }, { total: '12.500000' }],
    [{ open: 'Y' }, { open: true }],
    [{ open: '' }, { open: false }],
    [{ open: 0 }, { open: false }],
    [{ at: '' }, { at: null }],
    [{ at: '2017-06-27T23:00:00' }, { at: '2017-06-27T23:00:00' }],
    [{ kind: 'a code of last year' }, { kind: 'a code of last year' }],
    [{ tags: ',one,two,' }, { tags: ['one', 'two'] }],
    [{ text: 'longer than it may be' }, { text: 'longer than it may be' }],
    [
      { text: null, id: null },
      { text: null, id: null },
    ],
    [{ unknown: { nested: true } }, { unknown: { nested: true } }],
  ])('as %j is read as %j', (fields, expected) => {
    expect(read(fields).data).toEqual(expected)
  })

  it.each([
    [{ id: 'many' }, 'id: should have been a whole number'],
    [{ total: 'much' }, 'total: should have been a number'],
    [{ text: { nested: true } }, 'text: should have been text'],
  ])('as %j is named', (fields, issue) => {
    const { error } = read(fields)
    expect(error && describeIssues(everyType, error)).toEqual([issue])
  })
})

describe('a selection list', () => {
  const source = {
    choices: [
      { code: 'Web', caption: 'Web site', captions: { DE: 'Internetauftritt' } },
      { code: 'Phone', caption: 'Telephone' },
      { code: 'Fax', caption: 'Telephone' },
    ],
  }

  it.each([
    ['Web', 'Web'],
    ['web ', 'Web'],
    ['WEB SITE', 'Web'],
    ['internetauftritt', 'Web'],
    ['Telephone', undefined],
    ['Post', undefined],
  ])('takes %j for the code %s', (text, code) => {
    expect(codeMeant(source, text)).toBe(code)
  })
})
