import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Entity } from '../lib/crm/prototypes/field.ts'
import { snapshotText } from '../lib/crm/prototypes/pull.ts'
import { ENTITY_NAMES } from '../lib/crm/prototypes/snapshot.ts'
import { typesSource } from '../lib/crm/prototypes/types.ts'

export const SNAPSHOT = path.join(import.meta.dirname, '../lib/crm/prototypes/snapshot')
const GENERATED = path.join(import.meta.dirname, '../lib/crm/prototypes/generated.ts')
const REMEDY = 'is not what would be written: npm run cli -- prototypes pull, or types'

/** The committed entities as their files are now. */
export async function readSnapshot(): Promise<Entity[]> {
  return Promise.all(
    ENTITY_NAMES.map(async (name) => JSON.parse(await readFile(fileOf(name), 'utf8')) as Entity),
  )
}

export async function writeTypes(): Promise<void> {
  await writeFile(GENERATED, typesSource(await readSnapshot()))
}

/** @throws Error naming the first file that is not what would be written */
export async function checkGenerated(): Promise<void> {
  const entities = await readSnapshot()
  const wanted = entities.map((entity) => [fileOf(entity.name), snapshotText(entity)] as const)
  for (const [file, text] of [[GENERATED, typesSource(entities)] as const, ...wanted]) {
    if ((await readFile(file, 'utf8')) !== text) throw new Error(`${path.basename(file)} ${REMEDY}`)
  }
}

function fileOf(name: string): string {
  return path.join(SNAPSHOT, `${name}.json`)
}
