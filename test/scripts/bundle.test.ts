import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type BuildResult, build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { BUNDLE_OPTIONS, filesAtStart } from '../../scripts/bundle.ts'

/** The files the table of sources loads. */
const sourceFiles = new Set(
  [...(await readFile('lib/sources/index.ts', 'utf8')).matchAll(/import\('\.\/([\w-]+\.ts)'\)/g)].map(
    ([, file]) => `lib/sources/${file}`,
  ),
)

const names = (await readdir('functions')).map((file) => path.basename(file, '.ts'))

/** What a cold start may read, in bytes: less where somebody waits. */
const MOST_WHERE_SOMEBODY_WAITS = 200_000
const MOST = 500_000

type Bundle = BuildResult<{ metafile: true; write: false }>

/** As scripts/bundle.ts makes it, in memory. */
function bundleOf(name: string): Promise<Bundle> {
  const entryPoints = [path.join('functions', `${name}.ts`)]
  const chunkNames = `${name}/[name]-[hash]`
  return build({ ...BUNDLE_OPTIONS, metafile: true, write: false, entryPoints, chunkNames })
}

describe.each(names)('the bundle of %s', (name) => {
  let bundle: Bundle
  beforeAll(async () => {
    bundle = await bundleOf(name)
  })

  const filesWith = (pattern: RegExp) =>
    bundle.outputFiles
      .filter((file) => file.path.endsWith('.mjs') && pattern.test(file.text))
      .map((file) => path.relative(process.cwd(), file.path))
  const inputsOf = (file: string) => Object.keys(bundle.metafile.outputs[file]?.inputs ?? {})

  it('begins without any entity of the snapshot, and has each in a file of its own', () => {
    const atStart = filesAtStart(name, bundle.metafile)
    const holders = Object.keys(bundle.metafile.outputs)
      .map((file) => [file, inputsOf(file).filter((input) => /snapshot\/\w+\.json$/.test(input))] as const)
      .filter(([, entities]) => entities.length > 0)
    expect(holders.filter(([file, entities]) => atStart.has(file) || entities.length > 1)).toEqual([])
    expect(holders.map(([file]) => path.dirname(file))).toEqual(holders.map(() => `dist/${name}`))
  })

  it('begins without any source, and has each in a file of its own', () => {
    const { metafile } = bundle
    const atStart = filesAtStart(name, metafile)
    const holders = Object.entries(metafile.outputs)
      .map(([file, { inputs }]) => [file, Object.keys(inputs).filter((one) => sourceFiles.has(one))] as const)
      .filter(([, held]) => held.length > 0)
    expect(holders.filter(([file, held]) => atStart.has(file) || held.length > 1)).toEqual([])
    const found = new Set(holders.flatMap(([, held]) => held))
    expect([...found].toSorted()).toEqual(found.size === 0 ? [] : [...sourceFiles].toSorted())
  })

  it('begins without the SDK, a multipart parser or a parser of XML', () => {
    const atStart = [...filesAtStart(name, bundle.metafile)].flatMap(inputsOf)
    expect(atStart.filter((input) => /@aws-sdk|@smithy|busboy|fast-xml-parser/.test(input))).toEqual([])
  })

  it('begins with one file of ours, beside what the SDK shares with it', () => {
    const files = [...filesAtStart(name, bundle.metafile)]
    const ours = files.filter((file) => inputsOf(file).some((input) => /^(lib|functions)\//.test(input)))
    expect(ours).toHaveLength(1)
  })

  it('begins without an import of one of Node’s own modules, which would have all its exports read', () => {
    const imported = [...filesAtStart(name, bundle.metafile)].flatMap(
      (file) => bundle.metafile.outputs[file]?.imports ?? [],
    )
    const builtin = imported.filter(({ kind, external }) => kind === 'import-statement' && external)
    expect(builtin.map(({ path: builtin }) => builtin)).toEqual([])
  })

  it('is no larger at its start than a cold start may be', () => {
    const files = [...filesAtStart(name, bundle.metafile)]
    const bytes = files.reduce((sum, file) => sum + (bundle.metafile.outputs[file]?.bytes ?? 0), 0)
    expect(bytes).toBeLessThan(name.startsWith('receive-') ? MOST_WHERE_SOMEBODY_WAITS : MOST)
  })

  it('makes no code out of text, but for zod, which writes its own', () => {
    expect(filesWith(/(?<![\w$.])eval\s*\(/)).toEqual([])
    const makers = filesWith(/(?<![\w$.])Function\s*[(;,]/)
    expect(makers.filter((file) => !inputsOf(file).some((input) => input.includes('/zod/')))).toEqual([])
  })

  it('holds nothing but our rooms for AWS and what we depend on', async () => {
    const Manifest = z.object({ devDependencies: z.record(z.string(), z.string()) })
    const { devDependencies } = Manifest.parse(JSON.parse(await readFile('package.json', 'utf8')))
    const development = new Set(Object.keys(devDependencies))
    const isForeign = (input: string) => {
      const [, inPackage] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input) ?? []
      if (inPackage !== undefined) return development.has(inPackage)
      return !/^(lib\/|functions\/|builtin:node:|integration\.config\.ts$)/.test(input)
    }
    expect(Object.keys(bundle.metafile.inputs).filter(isForeign)).toEqual([])
  })
})
