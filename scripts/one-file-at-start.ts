import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * Keeps what a cold start reads in one file. esbuild puts modules into one chunk when the same entry points reach them
 * (https://esbuild.github.io/api/#splitting), and every `import()` is an entry point of its own, so that the start would
 * fall into a dozen files, each of which costs time to find and read. Here each of our modules also imports the function
 * it is bundled for, which has always begun to load before: all of the start is reached from everywhere.
 */
export const ONE_FILE_AT_START: Plugin = {
  name: 'one-file-at-start',
  setup({ initialOptions: { entryPoints }, onLoad }) {
    const [entry = ''] = entryPoints as readonly string[]
    const back = `\nimport ${JSON.stringify(path.resolve(entry))}\n`
    onLoad({ filter: /\/lib\/.*\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')) + back,
      loader: 'ts',
    }))
  },
}
