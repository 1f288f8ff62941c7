import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { checkGenerated, writeTypes } from '../../cli/generated-files.ts'

/** A copy of the committed files. */
async function copied(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'generated-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const name of ['snapshot', 'generated.ts'])
    await cp(path.join('lib/crm/prototypes', name), path.join(folder, name), { recursive: true })
  return folder
}

it('the committed files are what would be written', async () => {
  await checkGenerated()
})

it('generated.ts that was edited by hand is named, and is right again once it is written', async () => {
  const folder = await copied()
  await appendFile(path.join(folder, 'generated.ts'), '\n')
  await expect(checkGenerated(folder)).rejects.toThrow(/^generated\.ts is not what would be written/)
  await writeTypes(folder)
  await checkGenerated(folder)
})

it('a file of the snapshot that was edited by hand is named', async () => {
  const folder = await copied()
  const file = path.join(folder, 'snapshot', 'Notes.json')
  await writeFile(file, JSON.stringify(JSON.parse(await readFile(file, 'utf8'))))
  await expect(checkGenerated(folder)).rejects.toThrow(/^Notes\.json is not/)
})

it('generated.ts that lags behind the snapshot is named', async () => {
  const folder = await copied()
  const file = path.join(folder, 'snapshot', 'Notes.json')
  await writeFile(file, (await readFile(file, 'utf8')).replace('"Note_Note"', '"Note_Words"'))
  await expect(checkGenerated(folder)).rejects.toThrow(/^generated\.ts is not/)
})
