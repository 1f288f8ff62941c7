import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const REFERENCE = /`(test\/[\w/.-]+\.ts) › ([^`]+)`/g

it('every test that the page about security names is there', async () => {
  const page = await readFile('docs/security.md', 'utf8')
  const named = [...page.matchAll(REFERENCE)].map(([, file = '', title = '']) => [file, title] as const)
  expect(named.length).toBeGreaterThan(40)
  const missing = await Promise.all(
    named.map(async ([file, title]) => {
      const text = await readFile(file, 'utf8')
      return text.includes(`'${title}'`) ? [] : [`${file} › ${title}`]
    }),
  )
  expect(missing.flat()).toEqual([])
})

it('every threat has a test, or says that it has none', async () => {
  const page = await readFile('docs/security.md', 'utf8')
  const tables = page.split('## Where a `*` is')[0]?.split('\n') ?? []
  const rows = tables.filter((line) => line.startsWith('| ') && !/^\| threat/.test(line))
  expect(rows.length).toBeGreaterThan(25)
  expect(rows.filter((row) => !/ › |No test/.test(row.split(' | ')[2] ?? ''))).toEqual([])
})
