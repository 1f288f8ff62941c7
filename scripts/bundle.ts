import path from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import integration from '../integration.config.ts'
import { LAZY_BUILTINS } from './lazy-builtins.ts'
import { ONE_FILE_AT_START } from './one-file-at-start.ts'

/**
 * CommonJS dependencies call `require`, which an ES module does not have; all that is left for them to ask for are Node's
 * own modules. https://esbuild.github.io/api/#banner
 */
const BANNER = 'const require=process.getBuiltinModule;'

/** The configuration has been checked by now: a cold start gets its values, without the schemas that checked them. */
const CHECKED_CONFIG: Plugin = {
  name: 'checked-config',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/integration\.config\.ts$/ }, () => ({
      contents: `export default ${JSON.stringify(integration)}`,
      loader: 'js',
    })),
}

/** How every bundle is made. */
export const BUNDLE_OPTIONS = {
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  banner: { js: BANNER },
  plugins: [CHECKED_CONFIG, LAZY_BUILTINS, ONE_FILE_AT_START],
} as const satisfies BuildOptions

/**
 * One function as it is deployed: `dist/<name>.mjs`, and beside it in `dist/<name>/` whatever it imports only when it
 * needs it: an entity of the snapshot, a source, a store.
 */
export async function bundle(name: string, options: { readonly write?: boolean } = {}): Promise<Metafile> {
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    ...options,
    metafile: true,
    entryPoints: [path.join('functions', `${name}.ts`)],
    chunkNames: `${name}/[name]-[hash]`,
  })
  return metafile
}

/** The files of a bundle that a cold start reads. */
export function filesAtStart(name: string, { outputs }: Metafile): ReadonlySet<string> {
  const seen = new Set([`dist/${name}.mjs`])
  for (const file of seen) {
    for (const { kind, path: imported } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && imported in outputs) seen.add(imported)
  }
  return seen
}
