import { describe, expect, it } from 'vitest'
import {
  boundRecord,
  hashesOf,
  hashOf,
  isAnother,
  isOurs,
  marked,
  writtenFields,
} from '../../lib/crm/bound.ts'
import type { Match, Step } from '../../lib/crm/plan.ts'

const journal = { now: () => 7, hash: (text: string) => `#${text}` }
const byMarker: Match = { by: 'marker', field: 'case_customerref' }
const byKey: Match = { by: 'natural', key: 'company:acme', search: [] }
const byId: Match = { by: 'id', id: '7', seen: {} }
const byLine: Match = {
  by: 'trailing-line',
  field: 'note_note',
  where: { op: 'eq', field: 'note_foreignid', value: 1 },
}

function stepOf(match: Match, more: Partial<Step> = {}): Step {
  return { as: 'a', resource: 'Cases', needs: [], match, create: {}, ...more }
}

describe('a bound record', () => {
  const row: Readonly<Record<string, unknown>> = { name: 'Acme', number: 0, blank: '', nothing: null }
  const get = (field: string) => row[field]

  it('carries what later steps need of it, as text, and nothing that is empty', () => {
    const carry = { a: 'name', b: 'number', c: 'blank', d: 'nothing', e: 'missing' }
    const bound = boundRecord(stepOf(byMarker, { carry }), { id: '7', adopted: true, get }, journal)
    const carried = { a: 'Acme', b: '0' }
    expect(bound).toEqual({ resource: 'Cases', id: '7', adopted: true, at: 7, carried })
  })

  it('knows the natural key it was found by, and carries nothing where nothing is wanted or there', () => {
    const known = { resource: 'Cases', id: '7', adopted: false, at: 7 }
    const record = { id: '7', adopted: false, get }
    expect(boundRecord(stepOf(byKey), record, journal)).toStrictEqual({ ...known, key: '#company:acme' })
    const carry = { c: 'blank' }
    expect(boundRecord(stepOf(byMarker, { carry }), record, journal)).toStrictEqual(known)
  })

  it('is that of another once its step means another company or person, unless the step stays with it', () => {
    const record = { resource: 'Company', id: '7', adopted: false, key: '#company:acme' }
    const other: Match = { by: 'natural', key: 'company:other', search: [] }
    expect(isAnother(stepOf(byKey), record, journal)).toBe(false)
    expect(isAnother(stepOf(other), record, journal)).toBe(true)
    expect(isAnother(stepOf({ ...other, stays: true }), record, journal)).toBe(false)
    expect(isAnother(stepOf(byMarker), record, journal)).toBe(false)
    expect(isAnother(stepOf(other), { ...record, key: undefined }, journal)).toBe(false)
  })
})

describe('the hash of a field', () => {
  const hash = (value: unknown) => hashOf(journal, 'Case_Stage', value)

  it('does not change with the casing of its name, blanks around it or the JSON type', () => {
    expect(hashOf(journal, 'CASE_STAGE', ' Logged ')).toBe(hash('Logged'))
    expect(hash(7)).toBe(hash('7'))
    expect(hash('Logged')).toBe('#case_stage\nLogged')
    expect(hash('logged')).not.toBe(hash('Logged'))
    expect(hash({ a: 1 })).toBe('#case_stage\n{"a":1}')
  })

  it('is the same for every way to say that a box is ticked, or that it is not', () => {
    expect(hash(true)).toBe(hash('Y'))
    for (const value of [false, null, undefined, 'N', '', ' ']) expect(hash(value)).toBe('#case_stage\n')
    expect(hash(0)).not.toBe(hash(false))
  })

  it('is kept by the name in lower case', () => {
    expect(hashesOf(journal, { Case_Stage: 'Logged', B: null })).toEqual({
      case_stage: '#case_stage\nLogged',
      b: '#b\n',
    })
  })
})

describe('a field', () => {
  const written = { case_stage: { sent: hashOf(journal, 'case_stage', 'Logged'), seen: '#case_stage\nRead' } }
  const isOurStage = (value: unknown, more = {}) => isOurs(journal, { written, ...more }, 'Case_Stage', value)

  it('is ours while it holds what was sent, what was read after that, or what an open update sent', () => {
    const updating = { sendBy: 1, sent: { case_stage: hashOf(journal, 'case_stage', 'Solved') } }
    expect(['Logged', 'Read', 'Solved', 'Closed', ''].map((value) => isOurStage(value))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(isOurStage('Solved', { updating })).toBe(true)
  })

  it('that nobody filled and we never wrote is nobody’s', () => {
    expect(isOurs(journal, {}, 'Case_Stage', null)).toBe(true)
    expect(isOurs(journal, {}, 'Case_Stage', 'Logged')).toBe(false)
    expect(isOurs(journal, { written }, 'case_other', 'N')).toBe(true)
  })

  it('is known after a write by what was sent, and by what the CRM says it has, if it says so', () => {
    const row = { get: (name: string) => (name === 'a' ? 'x ' : undefined) }
    expect(writtenFields(journal, { a: '1', b: '2' }, row)).toStrictEqual({
      a: { sent: '1', seen: '#a\nx' },
      b: { sent: '2' },
    })
  })
})

describe('the marker', () => {
  it('is the value of its own field', () => {
    expect(marked(stepOf(byMarker), { a: 1 }, 'sfx')).toEqual({ a: 1, case_customerref: 'sfx' })
  })

  it('is the last line of a text, also where there was none, and the ending of a note', () => {
    expect(marked(stepOf(byLine), { note_note: 'Hello' }, 'sfx')).toEqual({ note_note: 'Hello\n\nsfx' })
    expect(marked(stepOf(byLine), { a: 1 }, 'sfx')).toEqual({ a: 1, note_note: '\n\nsfx' })
    const note = { note: 'Hello' }
    expect(marked(stepOf(byLine), { note_note: note }, 'sfx')).toEqual({
      note_note: { ...note, ending: 'sfx' },
    })
  })

  it('is nowhere in what is matched otherwise', () => {
    for (const match of [byKey, byId]) expect(marked(stepOf(match), { a: 1 }, 'sfx')).toEqual({ a: 1 })
  })
})
