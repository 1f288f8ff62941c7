import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundle, filesAtStart } from '../../scripts/bundle.ts'

const names = (await readdir('functions')).map((file) => path.basename(file, '.ts'))

describe.each(names)('the bundle of %s', (name) => {
  it('begins without any entity of the snapshot, and has each in a file of its own', async () => {
    const metafile = await bundle(name, { write: false })
    const atStart = filesAtStart(name, metafile)
    const holders = Object.entries(metafile.outputs)
      .map(
        ([file, { inputs }]) =>
          [file, Object.keys(inputs).filter((input) => /snapshot\/\w+\.json$/.test(input))] as const,
      )
      .filter(([, entities]) => entities.length > 0)
    expect(holders.filter(([file, entities]) => atStart.has(file) || entities.length > 1)).toEqual([])
    expect(holders.map(([file]) => path.dirname(file))).toEqual(holders.map(() => `dist/${name}`))
  })
})
