import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'

/** CommonJS dependencies call `require`, which an ES module does not have. https://esbuild.github.io/api/#banner */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);"

const files = (await readdir('functions')).filter((file) => file.endsWith('.ts'))
await rm('dist', { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: files.map((file) => path.join('functions', file)),
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  banner: { js: BANNER },
})

for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
  if (file.endsWith('.mjs')) console.log(`${file}  ${Math.ceil(bytes / 1024)} kB`)
}
