import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Metafile } from 'esbuild'
import integration from '../integration.config.ts'
import { bundle, filesAtStart } from './bundle.ts'

console.log(`integration.config.ts is understood; sources: ${Object.keys(integration.sources).join(', ')}`)
await rm('dist', { recursive: true, force: true })
for (const file of (await readdir('functions')).filter((one) => one.endsWith('.ts'))) {
  const name = path.basename(file, '.ts')
  console.log(describe(name, await bundle(name)))
}

function describe(name: string, metafile: Metafile): string {
  const atStart = filesAtStart(name, metafile)
  const later = Object.keys(metafile.outputs).filter((one) => one.endsWith('.mjs') && !atStart.has(one))
  const size = (files: readonly string[]) => `${kilobytes(files, metafile)} kB`
  return `dist/${name}.mjs  ${size([...atStart])}, and ${size(later)} in ${later.length} files that are read when they are needed`
}

function kilobytes(files: readonly string[], { outputs }: Metafile): number {
  return Math.ceil(files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0) / 1024)
}
