import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../emulator/where/fold.ts'
import { parseWhere, WhereSyntaxError } from '../../emulator/where/parse.ts'
import { propertyRuns } from '../support/property.ts'
import { startCrm } from './crm.ts'

const ALL = new Set(['and', 'or', 'not', 'between', 'in', 'like', 'eq', 'ne', 'gt', 'ge', 'lt', 'le'])

async function crmWithCompanies(...names: readonly string[]) {
  const crm = await startCrm()
  for (const name of names) await crm.create('Company', { comp_name: name })
  const namesFound = async (where: string) =>
    (await crm.find('Company', where, '&count=1000')).map((record) => record['Comp_Name'])
  return { ...crm, namesFound }
}

describe('the where language', () => {
  it.each([
    ["comp_name eq 'Beta'", ['Beta']],
    ["comp_name ne 'Beta'", ['Alpha', 'Gamma']],
    ["comp_name gt 'Beta'", ['Gamma']],
    ["comp_name ge 'Beta'", ['Beta', 'Gamma']],
    ["comp_name lt 'Beta'", ['Alpha']],
    ["comp_name le 'Beta'", ['Alpha', 'Beta']],
    ["comp_name between 'B' and 'H'", ['Beta', 'Gamma']],
    ["comp_name in ('alpha', 'gamma')", ['Alpha', 'Gamma']],
    ["comp_name like '%et%'", ['Beta']],
    ["comp_name like '_amma'", ['Gamma']],
    ["not comp_name eq 'Beta'", ['Alpha', 'Gamma']],
    ["comp_name eq 'Alpha' or comp_name eq 'Beta' and comp_name eq 'Gamma'", ['Alpha']],
    ["(comp_name eq 'Alpha' or comp_name eq 'Beta') and comp_name eq 'Beta'", ['Beta']],
    ['comp_name eq "Beta"', ['Beta']],
    ["COMP_NAME EQ 'beta'", ['Beta']],
    ["comp_name eq 'Beta   '", ['Beta']],
    ['comp_companyid eq 44', ['Beta']],
    ["comp_companyid eq '44'", ['Beta']],
    ['comp_companyid between 44 and 45', ['Beta', 'Gamma']],
    ["comp_createddate gt @2000-01-01@ and comp_name like 'b%'", ['Beta']],
    ["comp_createddate lt '2000-01-01T00:00:00Z'", []],
    ['1=2', []],
    ["1=1 and comp_name eq 'Beta'", ['Beta']],
  ])('understands %s', async (where, expected) => {
    const { namesFound } = await crmWithCompanies('Alpha', 'Beta', 'Gamma')
    expect(await namesFound(where)).toEqual(expected)
  })

  it.each([
    ["comp_name eq 'Beta", "'Beta"],
    ['comp_name eq', 'a value'],
    ["comp_name is 'Beta'", 'operator'],
    ["comp_name eq 'Beta' comp_name", 'the end'],
    ["(comp_name eq 'Beta'", ')'],
    ['comp_name in ()', 'a value'],
    ['comp_name eq null', 'null'],
    ['comp_optout eq true', 'true'],
    ["comp_companyid eq 'many'", 'Comp_CompanyId'],
    ["comp_createddate gt '30 February'", 'Comp_CreatedDate'],
    ["nosuch eq 'Beta'", 'nosuch'],
    [`${'('.repeat(5000)}1=1`, 'deep'],
    [Array(600).fill('1=1').join(' or '), '400'],
  ])('answers 400 BadWhereSyntax to %.40s', async (where, named) => {
    const { get } = await startCrm()
    const { status, body } = await get(`Company?where=${encodeURIComponent(where)}`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ $diagnoses: [{ $severity: 'error', $sdataCode: 'BadWhereSyntax' }] })
    expect(JSON.stringify(body)).toContain(named)
  })

  it('finds nothing by comparing with a column that is empty, as SQL does', async () => {
    const { namesFound } = await crmWithCompanies('Alpha')
    expect(await namesFound("comp_website ne 'x'")).toEqual([])
    expect(await namesFound("comp_website eq ''")).toEqual([])
  })

  it('disregards the letter case of umlauts', async () => {
    const { namesFound } = await crmWithCompanies('Müller', 'Möller')
    expect(await namesFound("comp_name eq 'MÜLLER'")).toEqual(['Müller'])
    expect(await namesFound("comp_name like 'MÖ%'")).toEqual(['Möller'])
  })

  it('searches checkboxes by Y', async () => {
    const { create, find } = await startCrm()
    await create('Company', { comp_name: 'Quiet', comp_optout: true })
    await create('Company', { comp_name: 'Loud' })
    expect(await find('Company', "comp_optout eq 'Y'")).toMatchObject([
      { Comp_Name: 'Quiet', comp_optout: true },
    ])
  })

  it('never takes a value for SQL', async () => {
    const { namesFound } = await crmWithCompanies('Alpha')
    expect(await namesFound("comp_name eq ''' OR 1=1 --'")).toEqual([])
    expect(await namesFound("comp_name eq '\"; DROP TABLE Company'")).toEqual([])
    expect(await namesFound("comp_name like 'alpha'")).toEqual(['Alpha'])
  })
})

describe('any company name', () => {
  it('is found again, once, by its quoted name', async () => {
    const { create, find } = await startCrm()
    const seen = new Set<string>()
    const names = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter(
        (name) => name.trim() !== '' && name.length <= 60 && name.isWellFormed() && !name.includes('\u0000'),
      )
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const compared = fold(name.replace(/ +$/, ''))
        if (seen.has(compared)) return
        seen.add(compared)
        const id = await create('Company', { comp_name: name })
        const found = await find('Company', `comp_name eq '${name.replaceAll("'", "''")}'`)
        expect(found.map((record) => [record['$key'], record['Comp_Name']])).toEqual([[id, name]])
      }),
      propertyRuns(),
    )
  })
})

describe('the parser', () => {
  it('reads any text as a condition or throws a WhereSyntaxError', () => {
    const words = fc.constantFrom(
      'and',
      'or',
      'not',
      'eq',
      'in',
      'like',
      'between',
      '(',
      ')',
      ',',
      '=',
      "'x'",
      '1',
      'f',
      '@',
    )
    const texts = fc.oneof(
      fc.string(),
      fc.array(words).map((list) => list.join(' ')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseWhere(text, ALL)).toHaveProperty('kind')
        } catch (error) {
          expect(error).toBeInstanceOf(WhereSyntaxError)
        }
      }),
      propertyRuns(1000),
    )
  })

  it('gives any string back as it was before its quotes were doubled', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const text = `f eq '${value.replaceAll("'", "''")}'`
        expect(parseWhere(text, ALL)).toEqual({
          kind: 'compare',
          field: 'f',
          operator: 'eq',
          value: { kind: 'string', text: value },
        })
      }),
      propertyRuns(1000),
    )
  })

  it('refuses an operator the release does not have, and names it', () => {
    const without = new Set([...ALL].filter((operator) => operator !== 'ne'))
    expect(() => parseWhere("f ne 'x'", without)).toThrow('"ne" is not supported')
  })
})
