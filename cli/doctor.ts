import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type DialectName, dialects } from '../emulator/dialects.ts'
import { startEmulator } from '../emulator/server.ts'
import integration from '../integration.config.ts'
import { createCrmClient } from '../lib/crm/client.ts'
import { connect } from '../lib/crm/connection.ts'
import { loadEntity } from '../lib/crm/prototypes/snapshot.ts'
import { examine } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'

const REQUEST_TIMEOUT_MS = 30_000

type Options = {
  readonly crm?: string
  readonly emulator?: DialectName
  readonly write: boolean
  readonly json: boolean
}

/** `npm run doctor`: what works with the configured CRM, and what to do about the rest. */
export function doctorCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('doctor')
    .description(
      'check the CRM at CRM_URL (CRM_USER, CRM_PASSWORD, CRM_CA_FILE; a file .env will do); reads only',
    )
    .option('--crm <url>', 'another address than CRM_URL')
    .addOption(
      new Option('--emulator <dialect>', 'an emulated CRM of its own instead').choices(Object.keys(dialects)),
    )
    .option('--write', 'also create, change and delete one case', false)
    .option('--json', 'one JSON document', false)
    .action((options: Options) => run(options, environment))
}

type Access = { readonly baseUrl: string; readonly user: string; readonly password: string }

async function run(options: Options, environment: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { emulator: dialect } = options
  const emulator = dialect === undefined ? undefined : await startEmulator({ dialect, seed: true })
  try {
    const access = emulator && { baseUrl: emulator.baseUrl, user: 'admin', password: 'admin' }
    await report(access ?? accessOf(options, environment), options, environment['CRM_CA_FILE'])
  } finally {
    await emulator?.close()
  }
}

function accessOf({ crm }: Options, { CRM_URL, CRM_USER, CRM_PASSWORD = '' }: NodeJS.ProcessEnv): Access {
  const baseUrl = crm ?? CRM_URL
  if (baseUrl === undefined || CRM_USER === undefined)
    throw new Error('set CRM_URL, CRM_USER and CRM_PASSWORD, or try --emulator 2024R2')
  return { baseUrl, user: CRM_USER, password: CRM_PASSWORD }
}

async function report(
  { baseUrl, user, password }: Access,
  { write, json }: Options,
  caFile: string | undefined,
): Promise<void> {
  const ca = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') }
  const { crm: settings } = integration
  const options = {
    baseUrl,
    credentials: { user, password },
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    ...ca,
    ...settings,
  }
  const connection = connect(options)
  const crm = createCrmClient({ ...options, entities: loadEntity })
  const findings: Finding[] = []
  try {
    const patient = { connection, crm, config: integration, now: () => new Date() }
    for await (const finding of examine(patient, { write, ...ca })) {
      findings.push(finding)
      if (!json) print(finding)
    }
  } finally {
    crm.close()
    connection.close()
  }
  conclude(connection.base, findings, json)
}

const MARKS = new Map<boolean | undefined, string>([
  [true, '✓'],
  [false, '✗'],
  [undefined, '?'],
])

function print({ what, ok, said, todo }: Finding): void {
  console.log(`${MARKS.get(ok)} ${what}: ${said}`)
  if (todo !== undefined) console.log(`    → ${todo}`)
}

function conclude({ origin }: URL, findings: readonly Finding[], json: boolean): void {
  const failed = findings.filter(({ ok }) => ok === false).length
  if (json) console.log(JSON.stringify({ crm: origin, ok: failed === 0, findings }, null, 2))
  else console.log(failed === 0 ? '\nNothing stands in the way.' : `\n${failed} to be put right.`)
  if (failed > 0) process.exitCode = 1
}
