import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { createCrmClient } from '../lib/crm/client.ts'
import type { Entity } from '../lib/crm/prototypes/field.ts'
import { pullPrototypes, snapshotText } from '../lib/crm/prototypes/pull.ts'
import { ENTITY_NAMES, loadEntity } from '../lib/crm/prototypes/snapshot.ts'
import { typesSource } from '../lib/crm/prototypes/types.ts'

const SNAPSHOT = path.join(import.meta.dirname, '../lib/crm/prototypes/snapshot')
const GENERATED = path.join(import.meta.dirname, '../lib/crm/prototypes/generated.ts')
const REMEDY = 'is not what would be written: npm run prototypes -- pull, then generate'
const TIMEOUT_MS = 30_000

/** `npm run prototypes -- pull|generate|check` */
export function prototypesCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const prototypes = program.command('prototypes').description("the CRM's own description of its entities")
  prototypes
    .command('pull')
    .description('copy the prototypes of the CRM at CRM_URL (CRM_USER, CRM_PASSWORD) into the snapshot')
    .option('--to <folder>', 'where to', SNAPSHOT)
    .action(({ to }: { to: string }) => pullInto(to, environment))
  prototypes.command('generate').description('write generated.ts from the snapshot').action(generate)
  prototypes
    .command('check')
    .description('fail when generated.ts or a file of the snapshot is not what would be written')
    .action(check)
}

async function pullInto(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { CRM_URL, CRM_USER, CRM_PASSWORD = '' } = environment
  if (CRM_URL === undefined || CRM_USER === undefined)
    throw new Error('set CRM_URL and CRM_USER (and CRM_PASSWORD)')
  const client = createCrmClient({
    baseUrl: CRM_URL,
    credentials: { user: CRM_USER, password: CRM_PASSWORD },
    requestTimeoutMs: TIMEOUT_MS,
    entities: loadEntity,
  })
  try {
    const warnings = await pullPrototypes(client, folder)
    for (const warning of warnings) console.warn(warning)
    console.log(`${ENTITY_NAMES.length} prototypes pulled into ${folder}`)
  } finally {
    client.close()
  }
}

async function snapshotTypes(): Promise<string> {
  const entities: Entity[] = await Promise.all(ENTITY_NAMES.map(loadEntity))
  return typesSource(entities)
}

async function generate(): Promise<void> {
  await writeFile(GENERATED, await snapshotTypes())
}

async function check(): Promise<void> {
  const wanted = new Map([[GENERATED, await snapshotTypes()]])
  for (const name of ENTITY_NAMES) {
    wanted.set(path.join(SNAPSHOT, `${name}.json`), snapshotText(await loadEntity(name)))
  }
  for (const [file, text] of wanted) {
    if ((await readFile(file, 'utf8')) !== text) throw new Error(`${path.basename(file)} ${REMEDY}`)
  }
}
