import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { CrmClient } from '../client.ts'
import type { Entity } from './field.ts'
import { type LiveOptions, type LivePrototypes, readPrototypes } from './live.ts'

/**
 * Copies the prototypes of the project's entities from a CRM into a folder, one file each, once all are read. Returns
 * them with what was not understood, and which entities this CRM does not show.
 * @throws CrmError
 */
export async function pullPrototypes(
  client: CrmClient,
  folder: string,
  options: LiveOptions = {},
): Promise<LivePrototypes> {
  const live = await readPrototypes(client, options)
  await Promise.all(
    live.entities.map((entity) => writeFile(path.join(folder, `${entity.name}.json`), snapshotText(entity))),
  )
  return live
}

/** An entity as its file holds it; the same entity is always the same text. */
export function snapshotText({ name, tableId, view, idField, fields }: Entity): string {
  return `${JSON.stringify({ name, tableId, view, idField, fields }, null, 1)}\n`
}
