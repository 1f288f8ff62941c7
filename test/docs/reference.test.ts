import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { Fault } from '../../emulator/faults/fault.ts'
import { SWITCHES } from '../../emulator/switches.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const page = readFileSync(path.join(ROOT, 'docs/reference/sage-crm-api.md'), 'utf8')
const MARKS = ['documented', 'observed', 'standard', 'inferred']

type Fact = {
  readonly fact: string
  readonly mark: string
  readonly sources: readonly string[]
  readonly held: readonly string[]
}

/** The rows of all tables with this many columns, without their heads and the rules under them. */
function rowsOf(columns: number): string[][] {
  const lines = page.split('\n').filter((line) => line.startsWith('|'))
  const isRule = (line = '') => /^\|[-|]+\|$/.test(line)
  const rows = lines.filter((line, index) => !isRule(line) && !isRule(lines[index + 1]))
  const cells = rows.map((line) => line.slice(1, -1).split(' | '))
  return cells.filter((row) => row.length === columns).map((row) => row.map((cell) => cell.trim()))
}

const facts = rowsOf(4).map(
  ([fact = '', mark = '', sources = '', held = '']): Fact => ({
    fact,
    mark,
    sources: sources.split(', ').map((source) => source.replace(/ \d{4}$/, '')),
    held: held.split('<br>'),
  }),
)
const known = new Set(rowsOf(2).flatMap(([names = '']) => names.split(', ')))

const faults = new Set<string>(Fault.options.map(({ shape }) => shape.kind.value))

function faultIn(held: string): string | undefined {
  return /^fault `([\w-]+)`$/.exec(held)?.[1]
}

function switchIn(held: string): string | undefined {
  return /^switch `(\w+)`$/.exec(held)?.[1]
}

/** Why a cell holds nothing; undefined when it names a switch, fault or test there is, or says that the fact is not used. */
function problemOf(held: string): string | undefined {
  const name = switchIn(held)
  if (name !== undefined) return Object.hasOwn(SWITCHES, name) ? undefined : `there is no switch ${name}`
  const fault = faultIn(held)
  if (fault !== undefined) return faults.has(fault) ? undefined : `there is no fault ${fault}`
  if (held === 'not used') return undefined
  const [, file, title] = /^`(test\/[\w/.-]+\.test\.ts) › (.+)`$/.exec(held) ?? []
  if (file === undefined || title === undefined) return `cannot read "${held}"`
  return titlesIn(file).includes(title) ? undefined : `${file} has no test "${title}"`
}

const read = new Map<string, readonly string[]>()

/** The titles of the tests in a file, as they are written there. */
function titlesIn(file: string): readonly string[] {
  const before = read.get(file)
  if (before !== undefined) return before
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  const titles = [...text.matchAll(/(?:\bit\(|\)\(|\btest\()\s*(['"`])((?:(?!\1).)*)\1/g)].map(
    ([, , title = '']) => title,
  )
  read.set(file, titles)
  return titles
}

describe('the reference of the API', () => {
  it('has a row for each of its many facts', () => {
    expect(facts.length).toBeGreaterThan(90)
    expect(new Set(facts.map(({ fact }) => fact)).size).toBe(facts.length)
  })

  it('says of every fact how it is known, by a source that it lists', () => {
    const wrong = facts.filter(
      ({ mark, sources }) => !MARKS.includes(mark) || sources.some((source) => !known.has(source)),
    )
    expect(wrong).toEqual([])
    expect(facts.filter(({ mark, sources }) => (mark === 'inferred') !== sources.includes('none'))).toEqual(
      [],
    )
  })

  it('lists no source that no fact has', () => {
    const used = new Set(facts.flatMap(({ sources }) => sources))
    const listed = [...known].filter((name) => !MARKS.includes(name))
    expect(listed.filter((name) => !used.has(name))).toEqual([])
  })

  it('names for every fact a test, switch or fault that exists, or that it is not used', () => {
    expect(facts.flatMap(({ held }) => held.flatMap((one) => problemOf(one) ?? []))).toEqual([])
  })

  it('makes a switch or a fault of everything that is only inferred', () => {
    const isMade = (held: string) => (switchIn(held) ?? faultIn(held)) !== undefined
    const bare = facts.filter(({ mark, held }) => mark === 'inferred' && !held.some(isMade))
    expect(bare).toEqual([])
  })

  it('has a row for every switch', () => {
    const named = new Set(facts.flatMap(({ held }) => held.map(switchIn)))
    expect(Object.keys(SWITCHES).filter((name) => !named.has(name))).toEqual([])
  })

  it('leaves few facts unused', () => {
    expect(facts.filter(({ held }) => held.includes('not used')).length).toBeLessThan(facts.length / 10)
  })
})
