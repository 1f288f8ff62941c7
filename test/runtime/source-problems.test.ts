import { expect, test } from 'vitest'
import { checkSources } from '../../cli/doctor/sources.ts'
import { defineConfig } from '../../lib/config/config.ts'
import { loadSource } from '../../lib/sources/index.ts'

function check(sources: Parameters<typeof defineConfig>[0]['sources'], known: Record<string, string[]> = {}) {
  const config = defineConfig({ installation: 'test', publicUrl: 'http://localhost', sources })
  return checkSources({ config, loadSource, secret: async (name) => known[name] ?? [] })
}

test('instances that have what they need are good', async () => {
  const sources = {
    contact: { source: 'web-form' },
    private: { source: 'web-form', secrets: ['NEW', 'OLD'], options: { tokenRequired: true } },
  }
  expect(await check(sources, { OLD: ['s3cret'] })).toMatchObject([
    { ok: true, said: '2 configured, all with what they need' },
  ])
})

test.each([
  ['a secret that is named and not set', { secrets: ['A', 'B'] }, 'no secret', 'set A or B'],
  ['a secret that is needed and not named', { options: { tokenRequired: true } }, 'no secret', 'a.secrets'],
  ['a misspelt option', { options: { honeypott: 'x' } }, 'honeypott', 'sources.a'],
  ['a source there is not', { source: 'fax' }, 'there is no "fax"', 'sources.a'],
])('%s is found before anything arrives', async (_, instance, said, todo) => {
  expect(await check({ a: { source: 'web-form', ...instance } })).toEqual([
    {
      what: 'sources.a',
      ok: false,
      said: expect.stringContaining(said),
      todo: expect.stringContaining(todo),
    },
  ])
})
