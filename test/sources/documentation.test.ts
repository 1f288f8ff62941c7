import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { samplesOf } from '../../cli/samples.ts'
import { loadSource, sources } from '../../lib/sources/index.ts'

const HEADINGS = ["Set up in the vendor's screens", 'Secret', 'What arrives', 'What becomes of it', 'Limits']
const COLUMNS = 8

const table = await readFile('docs/sources/README.md', 'utf8')
const rows = new Map(
  table.split('\n').flatMap((line) => {
    const found = /^\| \[([\w-]+)\]\(([\w-]+\.md)\) \|/.exec(line)
    return found === null
      ? []
      : [[found[1] ?? '', { page: found[2] ?? '', cells: line.split('|').slice(1, -1) }]]
  }),
)

test('the table has a row for every source there is, and no other', () => {
  expect([...rows.keys()].toSorted()).toEqual(Object.keys(sources).toSorted())
})

describe.each([...rows])('%s', (name, { page, cells }) => {
  test('has its kind and every column of the row filled', async () => {
    const { kind } = await loadSource(name)
    expect(cells.map((cell) => cell.trim()).filter((cell) => cell !== '')).toHaveLength(COLUMNS)
    expect(cells[1]?.trim()).toBe(kind)
  })

  test('has a page with the five headings in order', async () => {
    const text = await readFile(`docs/sources/${page}`, 'utf8')
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS)
  })

  test('has samples, and its page says so where one of them is composed', async () => {
    const samples = await samplesOf(name)
    expect(samples.length).toBeGreaterThan(0)
    const isComposed = samples.some(({ file }) => file.includes('.composed.'))
    const text = `${await readFile(`docs/sources/${page}`, 'utf8')} ${cells.at(-1)}`
    if (isComposed) expect(text).toMatch(/composed|documentation/i)
  })
})
