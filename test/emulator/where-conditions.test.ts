import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULTS } from '../../emulator/switches.ts'
import { COMPARISONS, type Condition, type Literal } from '../../emulator/where/condition.ts'
import { fold, isLike, registerFunctions } from '../../emulator/where/fold.ts'
import { parseWhere, WhereSyntaxError } from '../../emulator/where/parse.ts'
import { type Meaning, type Searched, toSql, UnknownFieldError } from '../../emulator/where/to-sql.ts'
import { propertyRuns } from '../support/property.ts'

const ALL = new Set(['and', 'or', 'not', 'between', 'in', 'like', 'eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const MEANING: Meaning = { timeZone: 'UTC', dialect: DEFAULTS }
const THING: Searched = {
  name: 'Thing',
  idColumn: 'Id',
  columns: [
    { name: 'Id', type: 'integer' },
    { name: 'Name', type: 'string', indexed: true },
    { name: 'Since', type: 'datetime' },
    { name: 'Flag', type: 'boolean' },
  ],
}

function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.of.map(inBrackets).join(condition.kind === 'and' ? ' and ' : ' OR ')
    case 'not':
      return `not ${inBrackets(condition.of)}`
    case 'constant':
      return condition.holds ? '1=1' : '1=2'
    case 'compare':
      return `${condition.field} ${condition.operator} ${printLiteral(condition.value)}`
    case 'like':
      return `${condition.field} like ${quoted(condition.pattern)}`
    case 'between':
      return `${condition.field} between ${printLiteral(condition.low)} and ${printLiteral(condition.high)}`
    case 'in':
      return `${condition.field} in (${condition.values.map(printLiteral).join(',')})`
  }
}

function inBrackets(condition: Condition): string {
  const needsThem = condition.kind === 'and' || condition.kind === 'or'
  return needsThem ? `(${printCondition(condition)})` : printCondition(condition)
}

function printLiteral({ kind, text }: Literal): string {
  return { string: quoted(text), number: text, date: `@${text}@` }[kind]
}

function quoted(text: string): string {
  return text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
}

const literals: fc.Arbitrary<Literal> = fc.oneof(
  fc.record({ kind: fc.constant('string' as const), text: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('number' as const), text: fc.integer().map(String) }),
  fc.record({
    kind: fc.constant('date' as const),
    text: fc.constantFrom('2014-03-14', '2014-03-14T10:00:00Z', '2014-03-14T10:00:00+01:00'),
  }),
)

function conditionsOn(fields: fc.Arbitrary<string>, values: fc.Arbitrary<Literal>): fc.Arbitrary<Condition> {
  return fc.letrec<{ condition: Condition }>((tie) => {
    const of = fc.array(tie('condition'), { minLength: 2, maxLength: 4 })
    return {
      condition: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.record({
          kind: fc.constant('compare' as const),
          field: fields,
          operator: fc.constantFrom(...COMPARISONS),
          value: values,
        }),
        fc.record({ kind: fc.constant('like' as const), field: fields, pattern: fc.string() }),
        fc.record({ kind: fc.constant('between' as const), field: fields, low: values, high: values }),
        fc.record({
          kind: fc.constant('in' as const),
          field: fields,
          values: fc.array(values, { minLength: 1, maxLength: 3 }),
        }),
        fc.record({ kind: fc.constant('constant' as const), holds: fc.boolean() }),
        fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of }),
        fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
      ),
    }
  }).condition
}

function otherCase(letter: string): string {
  const upper = letter.toUpperCase()
  return fold(upper) === fold(letter) ? upper : letter
}

function testDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  registerFunctions(database)
  database.exec(
    'CREATE TABLE Thing (Id INTEGER PRIMARY KEY, Name TEXT COLLATE NOCASE, Since TEXT, Flag TEXT)',
  )
  return database
}

/** The names of the things, each in a row of its own, that satisfy a condition. */
function namesFound(names: readonly string[], where: string): unknown[] {
  const database = testDatabase()
  const insert = database.prepare('INSERT INTO Thing (Name) VALUES (?)')
  for (const name of names) insert.run(name)
  const { sql, parameters } = toSql(parseWhere(where, ALL), THING, MEANING)
  return database
    .prepare(`SELECT Name FROM Thing WHERE ${sql} ORDER BY Id`)
    .all(...parameters)
    .map((row) => row['Name'])
}

describe('a condition', () => {
  it('is read as it was written, whatever it is', () => {
    const fields = fc.constantFrom('comp_name', 'Pers_PersonId', '_x1', 'nothing', 'android', 'inner')
    fc.assert(
      fc.property(conditionsOn(fields, literals), (condition) => {
        expect(parseWhere(printCondition(condition), ALL)).toEqual(condition)
      }),
      propertyRuns(500),
    )
  })

  it.each([
    ['@2014-3-14@', 'cannot read'],
    ["'2014-03-14' @", 'cannot read'],
    ['null', 'null'],
    ['NULL', 'null'],
    ['False', 'false'],
    ['(1)', 'a value'],
    ['other', 'a value'],
  ])('is refused when it compares with %s', (value, named) => {
    expect(() => parseWhere(`name eq ${value}`, ALL)).toThrow(named)
  })

  it('is refused when it is a list of more values than fit', () => {
    const list = (length: number) => `id in (${Array(length).fill('1').join(',')})`
    expect(() => toSql(parseWhere(list(400), ALL), THING, MEANING)).not.toThrow()
    expect(() => parseWhere(list(401), ALL)).toThrow('more than 400 conditions')
  })

  it.each([
    ['1=1', true],
    ["'a' = 'A'", true],
    ['1=2', false],
    ["1 = '1'", true],
    ['1 eq 1.0', true],
    ["'x'=1", false],
  ])('on two constants, %s, is %j', (where, holds) => {
    expect(parseWhere(where, ALL)).toEqual({ kind: 'constant', holds })
  })
})

describe('the SQL of a condition', () => {
  it('has a place for each value and no value in it', () => {
    const marked = fc.stringMatching(/^[^"'\0]{0,20}$/).map((text) => `SECRET'"${text}SECRET`)
    const values = marked.map((text) => ({ kind: 'string' as const, text }))
    const database = testDatabase()
    fc.assert(
      fc.property(conditionsOn(fc.constant('name'), values), (condition) => {
        const { sql, parameters } = toSql(condition, THING, MEANING)
        expect(sql).toMatch(
          /^(?:"(?:Name|Id|Thing)"|SELECT|FROM|WHERE|IN|UNION ALL|fold|rtrim|is_like|COLLATE NOCASE|AND|OR|NOT|[()<>=?, 01]|' ')+$/,
        )
        expect(sql.split('?')).toHaveLength(parameters.length + 1)
        database.prepare(`SELECT 1 FROM Thing WHERE ${sql}`).all(...parameters)
      }),
      propertyRuns(300),
    )
  })

  it.each([
    ["name eq 'münchen'", ['München', 'MÜNCHEN  ']],
    ["name eq 'ÖL'", ['Öl']],
    ["name like 'MÜN%'", ['München', 'MÜNCHEN  ', 'Münster']],
    ["name like '_ünster'", ['Münster']],
    ["name ne 'münchen' and name like 'm%'", ['Münster']],
    ["name gt 'MÜNCHEN' and name lt 'n'", ['Münster']],
    ["name in ('öl', '50%')", ['Öl', '50%']],
    ["name like '50%'", ['50%', '500']],
  ])('disregards letter case beyond ASCII: %s', (where, expected) => {
    expect(namesFound(['München', 'MÜNCHEN  ', 'Münster', 'Öl', '50%', '500'], where)).toEqual(expected)
  })

  it('finds every text by any letter case of it', () => {
    const texts = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
    const written = texts.map((text) => [text, [...text].map(otherCase).join('')] as const)
    fc.assert(
      fc.property(written, ([text, other]) => {
        expect(namesFound([text], `name eq '${other.replaceAll("'", "''")}  '`)).toEqual([text])
      }),
      propertyRuns(),
    )
  })

  it('serves an equality from an index', () => {
    const database = testDatabase()
    database.exec('CREATE INDEX Thing_Name ON Thing (Name)')
    for (const name of ['Gatecom', 'Müller', 'a@', "O''Brien"]) {
      const { sql, parameters } = toSql(parseWhere(`name eq '${name}'`, ALL), THING, MEANING)
      const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT 1 FROM Thing WHERE ${sql}`).all(...parameters)
      expect(JSON.stringify(plan)).toContain('Thing_Name (Name>? AND Name<?)')
    }
  })

  it.each([
    ["id eq ''", 'Id'],
    ["since gt ' '", 'Since'],
    ['id gt 1.5', 'Id'],
  ])('cannot be made of a value that does not fit: %s', (where, named) => {
    const attempt = () => toSql(parseWhere(where, ALL), THING, MEANING)
    expect(attempt).toThrow(WhereSyntaxError)
    expect(attempt).toThrow(named)
  })

  it('cannot be made for a field that does not exist', () => {
    expect(() => toSql(parseWhere('constructor eq 1', ALL), THING, MEANING)).toThrow(UnknownFieldError)
  })
})

describe('folding', () => {
  it.each([
    ['GATECOM', 'gatecom'],
    ['ÄÖÜ', 'äöü'],
    ['ΑΣ', 'ασ'],
    ['\u212a', '\u212a'],
    ['İ', 'İ'],
    ['ß', 'ß'],
  ])('makes %s %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('done twice is done once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text))
      }),
      propertyRuns(500),
    )
  })
})

describe('like', () => {
  it('agrees with a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'B', 'ä', '%', '_', '.', '😀'), maxLength: 8 })
    fc.assert(
      fc.property(letters, letters, (text, pattern) => {
        const source = [...pattern].map((letter) => ({ '%': '.*', _: '.', '.': '\\.' })[letter] ?? letter)
        expect(isLike(text, pattern)).toBe(new RegExp(`^${source.join('')}$`, 'isu').test(text))
      }),
      propertyRuns(2000),
    )
  })

  it.each([
    ['%', 'a_c', 'a_c', true],
    ['%', 'abc', 'a_c', false],
    ['%_', 'abc', 'a_c', true],
    ['%_', 'b', '[a-c]', false],
    ['%_[', 'b', '[a-c]', true],
    ['%_[', 'd', '[a-c]', false],
    ['%_[', 'd', '[^a-c]', true],
    ['%_[', '[', '[[]', true],
    ['%_[', '50% off', '50[%] off', true],
    ['%_[', '50x off', '50[%] off', false],
    ['%_[', '[a', '[a', true],
  ] as const)('with the wildcards %s takes %s for %s: %s', (wildcards, text, pattern, expected) => {
    expect(isLike(text, pattern, wildcards)).toBe(expected)
  })

  it('does not take ages for a spiteful pattern', () => {
    expect(isLike('a'.repeat(5000), `${'%a'.repeat(300)}%b`)).toBe(false)
  })
})
