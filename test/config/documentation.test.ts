import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { AUTOMATIONS, JOB_NAMES } from '../../lib/config/automations.ts'
import { IntegrationConfig } from '../../lib/config/config.ts'
import * as z from '../../lib/values/schema.ts'

/** What a schema with defaults and the like is around. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodMiniDefault ||
    schema instanceof z.ZodMiniPrefault ||
    schema instanceof z.ZodMiniOptional
  )
    return unwrapped(schema.def.innerType)
  return schema instanceof z.ZodMiniPipe ? unwrapped(schema.def.in) : schema
}

/** Every path that can be configured; `<name>` stands for the name of a record's entry. */
function pathsOf(schema: z.core.$ZodType, path: string): string[] {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodMiniObject) {
    const prefix = path === '' ? '' : `${path}.`
    return Object.entries(inner.def.shape).flatMap(([key, value]) => pathsOf(value, prefix + key))
  }
  const isOfObjects =
    inner instanceof z.ZodMiniRecord && unwrapped(inner.def.valueType) instanceof z.ZodMiniObject
  return isOfObjects ? pathsOf(inner.def.valueType, `${path}.<name>`) : [path]
}

const everyPath = pathsOf(IntegrationConfig, '')
/** What all automations and jobs have is described once; the settings of each automation on its own page. */
const SCHEDULED = new RegExp(`^automations\\.(${[...JOB_NAMES, ...Object.keys(AUTOMATIONS)].join('|')})\\.`)
const SHARED = /^automations\.[^.]+\.(schedule|timeZone)$/
const paths = [
  ...new Set(
    everyPath
      .filter((path) => !SCHEDULED.test(path) || SHARED.test(path))
      .map((path) => path.replace(SCHEDULED, 'automations.<name>.')),
  ),
]
const OF_A_SOURCE = /^sources\.<name>\.(case|order)\..*/

it('is about every option there is', () => {
  expect(paths).toEqual(
    expect.arrayContaining([
      'installation',
      'case.fields',
      'crm.markerFields.Cases',
      'automations.<name>.schedule',
    ]),
  )
})

it.each([...new Set(paths.map((path) => path.replace(OF_A_SOURCE, 'sources.<name>.$1')))])(
  'the page names the option %s',
  async (path) => {
    expect(await readFile('docs/configuration.md', 'utf8')).toContain(`\`${path}\``)
  },
)

it('the page names no option that there is not', async () => {
  const page = await readFile('docs/configuration.md', 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) => row.split('|')[1]?.match(/[\w.<>]+/g) ?? [])
  const known = new Set(
    paths.flatMap((path) => [path, path.replace(OF_A_SOURCE, 'sources.<name>.$1'), path.split('.')[0]]),
  )
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

const HEADINGS = ['What it looks for', 'What it does', 'Settings', 'How often', 'Limits']

const pageOf = (name: string) => readFile(`docs/automations/${name}.md`, 'utf8')

it.each([...Object.keys(AUTOMATIONS), ...JOB_NAMES])(
  'the page of %s has the headings that all have',
  async (name) => {
    const headings = (await pageOf(name)).match(/^## .*$/gm) ?? []
    expect(headings.map((line) => line.slice(3))).toEqual(HEADINGS)
  },
)

describe.each(Object.keys(AUTOMATIONS))('the page of the automation %s', (name) => {
  const settings = everyPath
    .filter((path) => path.startsWith(`automations.${name}.`) && !SHARED.test(path))
    .map((path) => path.replace(SCHEDULED, ''))

  it('names every setting, and no other', async () => {
    const rows = (await pageOf(name)).split('\n').filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/[\w.]+/g) ?? [])
    expect(named.toSorted()).toEqual(settings.toSorted())
  })
})
