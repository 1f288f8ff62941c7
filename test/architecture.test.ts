import { readdir, readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { runtimeCycles, violationsOf } from './support/architecture.ts'
import { scan } from './support/source-scan.ts'

const root = new URL('../', import.meta.url)
const FOLDERS = [
  'lib',
  'functions',
  'deploy',
  'emulator',
  'local',
  'cli',
  'bench',
  'simulation',
  'scripts',
  'test',
]

describe('the project', () => {
  let files: ReadonlyMap<string, string>
  beforeAll(async () => {
    files = await sources()
  })

  test('is read as a whole', () => {
    const one = ['lib/sources/index.ts', 'functions/receive-form.ts', 'test/architecture.test.ts']
    expect([...files.keys()]).toEqual(expect.arrayContaining(one))
  })

  test('keeps to the table of rooms and to the rules of the house', () => {
    expect([...files].flatMap(([file, text]) => violationsOf(file, text))).toEqual([])
  })

  test('has no import cycle at run time within lib', () => {
    const lib = new Map([...files].filter(([file]) => file.startsWith('lib/')))
    expect(runtimeCycles(lib).map((cycle) => cycle.join(' → '))).toEqual([])
  })

  test('imports at run time what esbuild says it imports', async () => {
    const seen = [...files].map(([file, text]) => [file, runtimeSpecifiers(text)] as const)
    expect(Object.fromEntries(seen)).toEqual(await importsSeenByEsbuild([...files.keys()]))
  })
})

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the sources under test contain templates
describe('the checker', () => {
  test.each([
    [
      'lib/crm/a.ts',
      `import { x } from '../events/index.ts'`,
      /lib\/crm\/a\.ts: imports lib\/events\/index\.ts/,
    ],
    ['lib/crm/a.ts', `import type { X } from '../sources/source.ts'`, /lib\/crm may import lib\/values/],
    ['lib/crm/a.ts', `export { x } from '../sources/source.ts'`, /imports lib\/sources/],
    ['lib/crm/a.ts', `export * from '../sources/source.ts'`, /imports lib\/sources/],
    ['lib/crm/a.ts', `import '../sources/source.ts'`, /imports lib\/sources/],
    ['lib/crm/a.ts', `const x = await import('../sources/source.ts')`, /imports lib\/sources/],
    ['lib/crm/a.ts', `type X = import('../sources/source.ts').Source`, /imports lib\/sources/],
    [
      'lib/crm/a.ts',
      `import {\n  type X,\n  y, // 'z'\n} from "../sources/source.ts"`,
      /imports lib\/sources/,
    ],
    [
      'lib/values/a.ts',
      `import type { X } from '../events/index.ts'`,
      /lib\/values may import nothing of ours/,
    ],
    ['lib/plans/a.ts', `import { createCrmClient } from '../crm/client.ts'`, /imports lib\/crm\/client\.ts/],
    [
      'lib/delivery/a.ts',
      `import { webForm } from '../sources/web-form.ts'`,
      /imports lib\/sources\/web-form\.ts/,
    ],
    ['lib/delivery/a.ts', `import { x } from '../intake/request.ts'`, /imports lib\/intake\/request\.ts/],
    ['lib/delivery/a.ts', `import { handler } from '../../functions/receive-form.ts'`, /imports functions/],
    [
      'lib/runtime/a.ts',
      `import config from '../../integration.config.ts'`,
      /imports integration\.config\.ts/,
    ],
    ['lib/runtime/a.ts', `import { x } from '../../cli/main.ts'`, /imports cli\/main\.ts/],
    ['functions/a.ts', `import { planFor } from '../lib/plans/index.ts'`, /imports lib\/plans/],
    ['emulator/a.ts', `import { x } from '../lib/values/text.ts'`, /emulator may import nothing of ours/],
    ['test/emulator/a.test.ts', `import { x } from '../../lib/crm/client.ts'`, /test\/emulator may import/],
    ['local/a.ts', `import { x } from '../test/support/property.ts'`, /imports test/],
    ['integration.config.ts', `import { x } from './lib/crm/client.ts'`, /may import lib\/config/],
    ['lib/crm/a.ts', 'const x = await import(name)', /imports a computed name/],
    ['lib/crm/a.ts', 'const x = await import(`./${name}.ts`)', /imports a computed name/],
    ['lib/new-room/a.ts', `export const x = 1`, /lies in no room/],
    ['lib/crm/a.ts', `const x = process.env['X']`, /process\.env/],
    ['lib/crm/a.ts', `const x = process?.env`, /process\.env/],
    ['lib/crm/a.ts', `const x = process['env']`, /process\.env/],
    ['lib/crm/a.ts', `const { env } = process`, /process\.env/],
    ['lib/crm/a.ts', `import { env } from 'node:process'`, /process\.env/],
    ['local/gateway.ts', 'const x = `${process.env.X}`', /process\.env/],
    ['lib/crm/a.ts', `import { z } from 'zod'`, /import \* as z/],
    ['lib/crm/a.ts', `export default 1`, /default export/],
    ['lib/crm/a.ts', `const a = 1\nexport { a as default }`, /default export/],
  ])('complains about %s: %s', (file, text, message) => {
    const violations = violationsOf(file, text)
    expect(violations).toHaveLength(1)
    expect(violations[0]).toMatch(message)
  })

  test.each([
    [
      'lib/crm/a.ts',
      `import { x } from '../values/text.ts'\nimport { y } from './where.ts'\nimport 'node:fs'`,
    ],
    [
      'lib/crm/a.ts',
      `// import { x } from '../sources/source.ts'\n/* process.env */\nexport const a = "process.env"`,
    ],
    ['lib/crm/a.ts', 'const a = `import "../sources/source.ts" ${`${1}`} process.env`'],
    ['lib/crm/a.ts', `const a = x.replace(/'"\`/g, '') / 2 / 3`],
    ['lib/crm/a.ts', `import * as z from 'zod'`],
    ['lib/delivery/a.ts', `import { loadSource } from '../sources/index.ts'`],
    ['lib/delivery/a.ts', `import type { HttpRequest } from '../intake/request.ts'`],
    ['lib/runtime/assemble.ts', `import config from '../../integration.config.ts'`],
    ['lib/runtime/env.ts', `const x = process.env`],
    ['emulator/main.ts', `import { x } from './server.ts'\nconst y = process.env`],
    ['cli/main.ts', `import { x } from '../local/main.ts'`],
    ['test/crm/a.test.ts', `import { x } from '../../emulator/server.ts'`],
  ])('has nothing to say about %s: %s', (file, text) => {
    expect(violationsOf(file, text)).toEqual([])
  })

  test('allows 300 lines and any number in tests and in what is generated', () => {
    expect(violationsOf('lib/crm/a.ts', 'x\n'.repeat(300))).toEqual([])
    expect(violationsOf('lib/crm/a.ts', 'x\n'.repeat(301))).toEqual([
      'lib/crm/a.ts: has 301 lines; 300 are allowed',
    ])
    expect(violationsOf('test/crm/a.test.ts', 'x\n'.repeat(301))).toEqual([])
    expect(violationsOf('lib/crm/prototypes/generated.ts', 'x\n'.repeat(2_000))).toEqual([])
  })

  test('finds a cycle at run time, also through import(), and leaves cycles of types alone', () => {
    const looped = new Map([
      ['lib/a/one.ts', `import { two } from './two.ts'`],
      ['lib/a/two.ts', `const three = () => import('../b/three.ts')`],
      ['lib/b/three.ts', `export * from '../a/one.ts'`],
      ['lib/b/four.ts', `import type { Five } from './five.ts'`],
      ['lib/b/five.ts', `import { four } from './four.ts'`],
    ])
    expect(runtimeCycles(looped)).toEqual([
      ['lib/a/one.ts', 'lib/a/two.ts', 'lib/b/three.ts', 'lib/a/one.ts'],
    ])
  })

  test('refuses a source it cannot read instead of guessing', () => {
    expect(() => scan(`const a = 'never closed`)).toThrow(/no end of the string/)
    expect(() => scan('/* never closed')).toThrow(/no end of the string or comment/)
    expect(() => scan('const a = `never closed')).toThrow(/no end of the template/)
  })
})

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the sources under test contain templates

async function sources(): Promise<ReadonlyMap<string, string>> {
  const listed = await Promise.all(FOLDERS.map(filesOf))
  const files = [...listed.flat(), 'integration.config.ts'].filter((file) => !file.includes('/fixtures/'))
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, root), 'utf8').catch(absent)))
  const read = files.map((file, index) => [file, texts[index]] as const)
  return new Map(read.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

async function filesOf(folder: string): Promise<string[]> {
  const names = (await readdir(new URL(folder, root), { recursive: true }).catch(absent)) ?? []
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
}

/** Folders of later issues, and a file that is not there yet. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function runtimeSpecifiers(text: string): string[] {
  const atRunTime = scan(text).imports.filter(({ typeOnly }) => !typeOnly)
  return [...new Set(atRunTime.map(({ specifier }) => specifier))].sort()
}

/** Every file is bundled alone, so that a missing import elsewhere does not hide what this file imports. */
async function importsSeenByEsbuild(files: string[]): Promise<Record<string, string[]>> {
  const { metafile } = await build({
    absWorkingDir: new URL('.', root).pathname,
    entryPoints: files,
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    outdir: 'out',
    metafile: true,
    logLevel: 'silent',
    plugins: [{ name: 'alone', setup: (esbuild) => esbuild.onResolve({ filter: /.*/ }, external) }],
  })
  return Object.fromEntries(
    Object.entries(metafile.inputs).map(([file, { imports }]) => [file, specifiersOf(imports)] as const),
  )
}

function external({ kind, path }: { kind: string; path: string }) {
  return kind === 'entry-point' ? undefined : { path, external: true }
}

function specifiersOf(imports: readonly { readonly path: string }[]): string[] {
  return [...new Set(imports.map(({ path }) => path))].sort()
}
