import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Entity } from '../lib/crm/prototypes/field.ts'
import { snapshotText } from '../lib/crm/prototypes/pull.ts'
import { ENTITY_NAMES } from '../lib/crm/prototypes/snapshot.ts'
import { typesSource } from '../lib/crm/prototypes/types.ts'

const PROTOTYPES = path.join(import.meta.dirname, '../lib/crm/prototypes')
const REMEDY = 'is not what would be written: npm run prototypes -- pull, or types'

export const SNAPSHOT = path.join(PROTOTYPES, 'snapshot')

/** The committed entities as their files are now. `folder` holds `snapshot/` and `generated.ts`. */
export async function readSnapshot(folder = PROTOTYPES): Promise<Entity[]> {
  return Promise.all(
    ENTITY_NAMES.map(async (name) => JSON.parse(await readFile(fileOf(folder, name), 'utf8')) as Entity),
  )
}

export async function writeTypes(folder = PROTOTYPES): Promise<void> {
  await writeFile(path.join(folder, 'generated.ts'), typesSource(await readSnapshot(folder)))
}

/** @throws Error naming the first file that is not what would be written */
export async function checkGenerated(folder = PROTOTYPES): Promise<void> {
  const entities = await readSnapshot(folder)
  const wanted = new Map(entities.map((entity) => [fileOf(folder, entity.name), snapshotText(entity)]))
  wanted.set(path.join(folder, 'generated.ts'), typesSource(entities))
  for (const [file, text] of wanted) {
    if ((await readFile(file, 'utf8')) !== text) throw new Error(`${path.basename(file)} ${REMEDY}`)
  }
}

function fileOf(folder: string, name: string): string {
  return path.join(folder, 'snapshot', `${name}.json`)
}
