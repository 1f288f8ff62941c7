import { mkdir } from 'node:fs/promises'
import type { Command } from 'commander'
import integration from '../integration.config.ts'
import { type CrmClient, createCrmClient } from '../lib/crm/client.ts'
import { driftOf } from '../lib/crm/prototypes/drift.ts'
import { impactOf } from '../lib/crm/prototypes/impact.ts'
import { readPrototypes } from '../lib/crm/prototypes/live.ts'
import { pullPrototypes } from '../lib/crm/prototypes/pull.ts'
import { loadEntity } from '../lib/crm/prototypes/snapshot.ts'
import { kindsOf } from '../lib/delivery/instances.ts'
import { configuredFields } from '../lib/plans/configured-fields.ts'
import { loadSource } from '../lib/sources/index.ts'
import { crmAccess, NO_CRM } from './crm-access.ts'
import { driftTable } from './drift-table.ts'
import { checkGenerated, readSnapshot, SNAPSHOT, writeTypes } from './generated-files.ts'
import { stageOption } from './stage.ts'

type CheckOptions = {
  readonly crm?: string
  readonly stage?: string
  readonly offline: boolean
  readonly json: boolean
}

/** `npm run cli -- prototypes pull|types|check` */
export function prototypesCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const prototypes = program.command('prototypes').description("the CRM's own description of its entities")
  prototypes
    .command('pull')
    .description('copy the prototypes of the CRM at CRM_URL (CRM_USER, CRM_PASSWORD) and write generated.ts')
    .option('--crm <url>', 'another address than CRM_URL')
    .option('--to <folder>', 'where to; generated.ts is only written for the snapshot', SNAPSHOT)
    .action((options: { crm?: string; to: string }) => pull(options, environment))
  prototypes
    .command('types')
    .description('write generated.ts from the snapshot')
    .action(() => writeTypes())
  prototypes
    .command('check')
    .description('fail when a generated file is out of date, or when the configured CRM has changed')
    .option('--crm <url>', 'another address than CRM_URL')
    .addOption(stageOption())
    .option('--offline', 'the generated files only', false)
    .option('--json', 'one JSON document', false)
    .action((options: CheckOptions) => check(options, environment))
}

async function pull(options: { crm?: string; to: string }, environment: NodeJS.ProcessEnv): Promise<void> {
  const { to } = options
  await mkdir(to, { recursive: true })
  const isThere = await withCrm(options, environment, async (client, settings) => {
    const { entities, said } = await pullPrototypes(client, to, settings)
    for (const line of said) console.warn(line)
    console.log(`${entities.length} prototypes pulled into ${to}`)
  })
  if (!isThere) throw new Error(NO_CRM)
  if (to === SNAPSHOT) await writeTypes()
}

async function check(options: CheckOptions, environment: NodeJS.ProcessEnv): Promise<void> {
  await checkGenerated()
  const isThere =
    !options.offline &&
    (await withCrm(options, environment, (client, settings) => compare(client, settings, options.json)))
  if (!isThere && !options.json) console.log('the generated files are what would be written')
  if (!isThere && options.json) console.log(JSON.stringify({ drift: [], notes: [] }))
}

async function compare(client: CrmClient, settings: Settings, asJson: boolean): Promise<void> {
  const { entities, said } = await readPrototypes(client, settings)
  const changes = driftOf(await readSnapshot(), entities)
  const kinds = await kindsOf({ config: integration, loadSource })
  const drift = impactOf(changes, configuredFields(integration, kinds), entities)
  if (drift.length > 0) process.exitCode = 1
  if (asJson) return console.log(JSON.stringify({ drift, notes: said }, null, 2))
  for (const line of said) console.warn(line)
  console.log(drift.length === 0 ? 'the CRM is what the snapshot says' : driftTable(drift))
}

type Settings = (typeof integration)['crm']

/** Whether there is a CRM to work with. */
async function withCrm(
  options: { readonly crm?: string; readonly stage?: string },
  environment: NodeJS.ProcessEnv,
  work: (client: CrmClient, settings: Settings) => Promise<void>,
): Promise<boolean> {
  const access = await crmAccess(options, environment)
  if (access === undefined) return false
  const client = createCrmClient({ ...access, entities: loadEntity })
  try {
    await work(client, access)
  } finally {
    client.close()
  }
  return true
}
