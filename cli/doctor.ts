import { type Command, Option } from 'commander'
import { type DialectName, dialects } from '../emulator/dialects.ts'
import { startEmulator } from '../emulator/server.ts'
import integration from '../integration.config.ts'
import { createCrmClient } from '../lib/crm/client.ts'
import { connect } from '../lib/crm/connection.ts'
import { loadEntity } from '../lib/crm/prototypes/snapshot.ts'
import { readSecret } from '../lib/runtime/env.ts'
import { loadSource } from '../lib/sources/index.ts'
import { demoSecrets } from '../local/demo-secrets.ts'
import { type CrmAccess, crmAccess, NO_CRM } from './crm-access.ts'
import { examine } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'
import { checkSources } from './doctor/sources.ts'
import { examineStage } from './doctor/stage.ts'
import { openStage, stageOption } from './stage.ts'

type Options = {
  readonly crm?: string
  readonly stage?: string
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
    .addOption(stageOption())
    .addOption(
      new Option('--emulator <dialect>', 'an emulated CRM of its own instead').choices(Object.keys(dialects)),
    )
    .option('--write', 'also create, change and delete one case', false)
    .option('--json', 'one JSON document', false)
    .action((options: Options) => run(options, environment))
}

async function run(options: Options, environment: NodeJS.ProcessEnv): Promise<void> {
  const { emulator: dialect } = options
  const emulator = dialect === undefined ? undefined : await startEmulator({ dialect, seed: true })
  try {
    const own = emulator && { baseUrl: emulator.baseUrl, credentials: { user: 'admin', password: 'admin' } }
    await report(await crmAccess(options, environment, own), options, environment)
  } finally {
    await emulator?.close()
  }
}

async function report(
  access: CrmAccess | undefined,
  { stage, emulator, write, json }: Options,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (access === undefined) throw new Error(`${NO_CRM}, or try --emulator 2024R2`)
  const connection = connect(access)
  const crm = createCrmClient({ ...access, entities: loadEntity })
  const deployed = stage === undefined ? undefined : await openStage(stage, environment)
  const given =
    emulator === undefined ? environment : { ...environment, ...demoSecrets(integration, environment) }
  const secret = async (name: string) =>
    deployed === undefined ? readSecret(name, given) : ((await deployed.secrets([name])).get(name) ?? [])
  const findings = await checkSources({ config: integration, secret, loadSource })
  if (!json) findings.forEach(print)
  try {
    const patient = { connection, crm, config: integration, now: () => new Date() }
    const ca = access.ca === undefined ? {} : { ca: access.ca }
    const keep = (finding: Finding) => {
      findings.push(finding)
      if (!json) print(finding)
    }
    if (stage !== undefined && deployed !== undefined)
      for await (const finding of examineStage(stage, deployed, environment)) keep(finding)
    for await (const finding of examine(patient, { write, ...ca })) keep(finding)
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
