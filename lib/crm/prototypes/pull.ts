import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { CrmClient } from '../client.ts'
import { CrmNotFoundError } from '../errors.ts'
import type { Entity } from './field.ts'
import { ENTITY_NAMES } from './snapshot.ts'

/**
 * Copies the prototypes of the project's entities from a CRM into a folder, one file each. Returns what was not
 * understood, and which entities this CRM does not show. Throws any other CrmError.
 */
export async function pullPrototypes(client: CrmClient, folder: string): Promise<string[]> {
  const said: string[] = []
  for (const name of ENTITY_NAMES) {
    said.push(...(await pullOne(client, name, folder)))
  }
  return said
}

/** An entity as its file holds it; the same entity is always the same text. */
export function snapshotText({ name, tableId, view, idField, fields }: Entity): string {
  return `${JSON.stringify({ name, tableId, view, idField, fields }, null, 1)}\n`
}

async function pullOne(client: CrmClient, name: string, folder: string): Promise<string[]> {
  try {
    const { entity, warnings } = await client.prototype(name)
    await writeFile(path.join(folder, `${name}.json`), snapshotText({ ...entity, name }))
    return warnings.map((warning) => `${name}.${warning}`)
  } catch (error) {
    if (error instanceof CrmNotFoundError) return [`${name}: this CRM does not show it`]
    throw error
  }
}
