import path from 'node:path'
import { build } from 'esbuild'
import { BUNDLE_OPTIONS, bundle } from '../../scripts/bundle.ts'

export type Candidate = { readonly name: string; readonly file: string }

/** Ours as they are deployed, and two others as esbuild bundles them with the same settings, without our plugins. */
export async function candidates(folder: string): Promise<readonly Candidate[]> {
  const others = ['bare-handler', 'usual-stack'].map((name) => bundleOther(name, folder))
  const ours = ['receive-form', 'receive-order'].map(async (name) => {
    await bundle(name)
    return { name, file: path.resolve('dist', `${name}.mjs`) }
  })
  return Promise.all([...others, ...ours])
}

async function bundleOther(name: string, folder: string): Promise<Candidate> {
  await build({
    ...BUNDLE_OPTIONS,
    plugins: [],
    outdir: folder,
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    chunkNames: `${name}/[name]-[hash]`,
  })
  return { name, file: path.resolve(folder, `${name}.mjs`) }
}
