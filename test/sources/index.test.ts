import { expect, test } from 'vitest'
import { loadSource, sources } from '../../lib/sources/index.ts'
import { matchesAnySecret } from '../../lib/sources/signature.ts'

test.each(Object.keys(sources))('the table loads %s, and it goes by that name', async (name) => {
  expect((await loadSource(name)).name).toBe(name)
})

test.each(['fax', '__proto__', 'toString', ''])(
  'a source named "%s" is unknown, and the known ones are listed',
  async (name) => {
    await expect(loadSource(name)).rejects.toThrow(/web-form/)
  },
)

test.each<[string, string[], boolean]>([
  ['a', ['a'], true],
  ['b', ['a', 'b'], true],
  ['ab', ['a', 'b'], false],
  ['', [''], false],
  ['', [], false],
  ['a', ['a '], false],
])('%j against %j: %s', (given, secrets, matches) => {
  expect(matchesAnySecret(given, secrets)).toBe(matches)
})
