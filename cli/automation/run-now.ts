import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import integration from '../../integration.config.ts'
import type { ConfiguredAutomation } from '../../lib/automations/index.ts'
import { type RunOptions, type RunOutcome, runAutomation } from '../../lib/delivery/automation/run.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { build } from '../../lib/runtime/assemble.ts'
import { readEnvironment } from '../../lib/runtime/env.ts'
import type { AutomationOptions } from '../automation.ts'
import { NO_CRM } from '../crm-access.ts'
import { printJson, printTable } from '../events/print.ts'
import { runningControl } from '../instance.ts'
import { DATA_FOLDER, ledgerKey } from '../open-ledger.ts'

const ONE_RUN_MS = 60_000
const Outcome = z.object({ state: z.string(), why: z.string().optional() }).loose()

/**
 * Runs an automation to its end: by the functions of the `npm start` that holds the data folder, or else in this process with
 * the CRM, the ledger and the key of the environment.
 */
export async function runNow(
  { name }: ConfiguredAutomation,
  options: AutomationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const how = {
    byHand: true,
    ...(options.now !== undefined && { nowMs: options.now }),
    ...(options.limit !== undefined && { limit: options.limit }),
  }
  const control = options.ledger === undefined ? await runningControl(options.data ?? DATA_FOLDER) : undefined
  const outcome =
    control === undefined
      ? await runHere(name, how, options, environment)
      : await untilEnded(() => runThere(control, name, how))
  tell(outcome, options.json)
  if (!['finished', 'continues'].includes(outcome.state)) process.exitCode = 1
}

type Told = Pick<RunOutcome, 'report' | 'why'> & { readonly state: string }

async function runThere(control: string, name: string, how: RunOptions): Promise<Told> {
  const body = JSON.stringify(how)
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${control}/automations/${name}`, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw new Error(text.trim())
  return Outcome.parse(JSON.parse(text)) as Told
}

async function runHere(
  name: string,
  how: RunOptions,
  options: AutomationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Told> {
  const pipe = await ownPipe(options, environment)
  const deadline = () => {
    const end = performance.now() + ONE_RUN_MS
    return { remainingMs: () => end - performance.now() }
  }
  try {
    return await untilEnded(() => runAutomation(name, pipe, deadline(), how))
  } finally {
    pipe.crm.close()
    await pipe.ledger.store.close()
  }
}

/** Nobody else goes on with what does not fit into one run's time. */
async function untilEnded(run: () => Promise<Told>): Promise<Told> {
  for (;;) {
    const outcome = await run()
    if (outcome.state !== 'continues') return outcome
  }
}

/** What must wait is left to the sweeper of the functions that work on this ledger. */
async function ownPipe(options: AutomationOptions, environment: NodeJS.ProcessEnv): Promise<Pipe> {
  const folder = options.data ?? DATA_FOLDER
  const variables: NodeJS.ProcessEnv = {
    ...environment,
    ...(options.crm !== undefined && { CRM_URL: options.crm }),
    RETRY_QUEUE_URL: 'http://queue.invalid',
  }
  if (!variables['CRM_URL']) throw new Error(NO_CRM)
  variables['LEDGER_URL'] = options.ledger ?? environment['LEDGER_URL'] ?? (await fileIn(folder))
  // Secrets are read from the environment itself; that of a data folder is in a file.
  environment['LEDGER_KEY'] ??= await ledgerKey(folder)
  const pipe = await build(integration, readEnvironment(variables))
  const nobody = async () => undefined
  return { ...pipe, queue: { send: nobody, sendRun: nobody } }
}

async function fileIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  return `sqlite:${path.join(folder, 'ledger.db')}`
}

function tell({ state, report, why }: Told, asJson: boolean): void {
  if (asJson) {
    printJson({ state, report, why })
    return
  }
  console.log(why === undefined ? state : `${state}: ${why}`)
  if (report === undefined) return
  const { skipped, ...counts } = report
  const rows = [
    ...Object.entries(counts),
    ...Object.entries(skipped).map(([reason, count]) => [`skipped: ${reason}`, count] as const),
  ]
  printTable(
    ['records', ''],
    rows.map(([what, count]) => [what, String(count)]),
  )
}
