import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { banner } from '../../local/banner.ts'

it("npm start shows the README's first curl", async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const [, curl = 'no curl'] = /```sh\n(curl [^`]+)\n```/.exec(readme) ?? []
  const url = 'http://127.0.0.1:4000'
  const shown = banner({ url, crm: `${url}/crm`, isEmulator: true, data: '.data', clock: [] })
  expect(oneLine(shown)).toContain(oneLine(curl))
})

function oneLine(command: string): string {
  return command.replace(/\\\n/g, '').replace(/\s+/g, ' ')
}
