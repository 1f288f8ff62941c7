import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DialectName, dialects, differencesOf } from '../../emulator/dialects.ts'
import { entities } from '../../emulator/entities/index.ts'
import { SWITCHES } from '../../emulator/switches.ts'

const PAGE = path.join(import.meta.dirname, '../../docs/emulator.md')
const GENERATED = /(<!-- begin generated[^>]*-->\n)[\s\S]*(<!-- end generated -->)/

function dialectTable(): string {
  const rows = (Object.keys(dialects) as DialectName[]).map(
    (name) => `| \`${name}\` | ${differencesOf(name).map(code).join(', ')} |`,
  )
  return ['| dialect | what is not the default of its switch |', '|---|---|', ...rows].join('\n')
}

function switchTable(): string {
  const rows = Object.entries(SWITCHES).map(([name, { values, about, source }]) => {
    const [first, ...others] = values.map((value) => code(String(value)))
    return `| \`${name}\` | ${[`**${first}**`, ...others].join(', ')} | ${about} | ${source} |`
  })
  return ['| switch | values, the default first | about | known from |', '|---|---|---|---|', ...rows].join(
    '\n',
  )
}

function code(text: string): string {
  return `\`${text}\``
}

describe('docs/emulator.md', () => {
  it('lists every dialect and every switch, with its values and where each is known from', async () => {
    const page = await readFile(PAGE, 'utf8')
    expect(page).toMatch(GENERATED)
    const wanted = page.replace(
      GENERATED,
      (_, begin, end) => `${begin}\n${dialectTable()}\n\n${switchTable()}\n\n${end}`,
    )
    await expect(wanted).toMatchFileSnapshot(PAGE)
  })

  it('names every entity and view that is served', async () => {
    const page = await readFile(PAGE, 'utf8')
    expect(
      entities.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(page)),
    ).toEqual([])
  })
})
