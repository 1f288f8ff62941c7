import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

/** Some of its files are both imported and required, for which esbuild would put each module of Node's into a file. */
const SDK = /node_modules\/@(aws|aws-sdk|smithy)\//

/**
 * Node's own modules without an `import`. An ES module that imports one has all its exports read, and some are made by being
 * read: of `node:crypto` the whole of Web Crypto with its workers, of `node:util` a parser of arguments (Node.js 24). Here
 * only the exports that a bundle names are read. CommonJS is left alone, for `require` reads none.
 */
export const LAZY_BUILTINS: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path, kind, importer }) =>
      kind === 'import-statement' && isBuiltin(path) && !SDK.test(importer)
        ? { path, namespace: 'builtin', sideEffects: false }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: readOneByOne(path) }))
  },
}

/** An ES module with a constant for each export; those nobody imports are dropped, because they are marked as pure. */
function readOneByOne(name: string): string {
  const all = Object.keys(process.getBuiltinModule(name) ?? {})
  const exported = all.filter((key) => /^[A-Za-z]\w*$/.test(key) && key !== 'default')
  return [
    `const all = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)})`,
    'export default all',
    ...exported.map((key, at) => `const e${at} = /* @__PURE__ */ (() => all.${key})()`),
    `export { ${exported.map((key, at) => `e${at} as ${key}`).join(', ')} }`,
  ].join('\n')
}
