import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { NotYetError } from '../crm/journal.ts'
import type { Entity } from '../crm/prototypes/field.ts'
import { ENTITY_NAMES, loadEntity } from '../crm/prototypes/snapshot.ts'

const ASK_AGAIN_MS = 5_000

/**
 * Where the prototypes come from: the committed snapshot, or a folder pulled from the CRM in use. While that folder
 * lacks an entity nothing is written to the CRM (NotYetError), because nobody knows what it would accept.
 */
export function entityLoader(
  folder: string | undefined,
  now: () => number,
): (name: string) => Promise<Entity> {
  if (folder === undefined) return loadEntity
  const known = new Map<string, Promise<Entity>>()
  return (name) => {
    const key = name.toLowerCase()
    const loading = known.get(key) ?? readPulled(folder, key, now)
    known.set(key, loading)
    loading.catch(() => known.delete(key))
    return loading
  }
}

async function readPulled(folder: string, name: string, now: () => number): Promise<Entity> {
  try {
    const file = ENTITY_NAMES.find((known) => known.toLowerCase() === name) ?? name
    return JSON.parse(await readFile(path.join(folder, `${file}.json`), 'utf8')) as Entity
  } catch (cause) {
    throw Object.assign(new NotYetError('not-configured-yet', now() + ASK_AGAIN_MS), { cause })
  }
}
