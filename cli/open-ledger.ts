import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import * as z from 'zod'
import integration from '../integration.config.ts'
import { Ledger } from '../lib/delivery/ledger.ts'
import { readEnvironment } from '../lib/runtime/env.ts'
import { openStore } from '../lib/runtime/stores.ts'
import { stageOption, withStage } from './stage.ts'

/** Where a ledger is: the data folder of one machine, a store by its address, or that of a deployed stage. */
export type LedgerPlace = { readonly data?: string; readonly ledger?: string; readonly stage?: string }

export type OpenLedger = {
  readonly ledger: Ledger
  /** The key natural keys are hidden with; undefined when nobody told. */
  readonly key: () => Promise<string | undefined>
  /** Base address of the CRM the records are in; undefined when nobody told. */
  readonly crmUrl: string | undefined
}

export const DATA_FOLDER = '.data'
const KEY = 'LEDGER_KEY'
/** What a store does not need and an environment has to have. */
const NOT_NEEDED = {
  CRM_URL: 'http://crm.invalid',
  CRM_USER: 'nobody',
  RETRY_QUEUE_URL: 'http://queue.invalid',
}

/** The options that say where the ledger is. */
export function withPlace(command: Command): Command {
  return command
    .option('--data <folder>', `data folder of an instance on this machine (${DATA_FOLDER})`)
    .option('--ledger <address>', 'a ledger elsewhere, as in LEDGER_URL: dynamodb:<table>', addressOf)
    .addOption(stageOption())
}

function addressOf(text: string): string {
  if (/^[a-z]+:.+/.test(text)) return text
  throw new InvalidArgumentError('It must be a store and a place, like dynamodb:<table> or sqlite:<file>.')
}

/**
 * Runs `work` with a ledger, while its functions may be using it. `--ledger` wins over `--data`, `--data` over LEDGER_URL,
 * and that of a stage is the LEDGER_URL of its functions.
 * @throws Error when there is no ledger, EnvironmentError, StoreUnavailableError
 */
export async function withLedger<T>(
  place: LedgerPlace,
  given: NodeJS.ProcessEnv,
  work: (opened: OpenLedger) => Promise<T>,
): Promise<T> {
  const environment = await withStage(place.stage, given)
  const address = place.ledger ?? (place.data === undefined ? environment['LEDGER_URL'] : undefined)
  const folder = address === undefined ? (place.data ?? DATA_FOLDER) : undefined
  const LEDGER_URL = address ?? addressIn(folder ?? DATA_FOLDER)
  const variables = { ...NOT_NEEDED, ...environment, LEDGER_URL, LEDGER_SOLE_WORKER: 'false' }
  const store = await openStore(readEnvironment(variables))
  try {
    const told = folder === undefined ? {} : await toldBy(folder)
    return await work({
      ledger: new Ledger(store, integration.retention),
      key: async () => told.key ?? (await withStage(place.stage, given, [KEY]))[KEY],
      crmUrl: told.crmUrl ?? environment['CRM_URL'],
    })
  } finally {
    await store.close()
  }
}

/** Whether there is a ledger to open. */
export function hasLedger(place: LedgerPlace, environment: NodeJS.ProcessEnv): boolean {
  const isNamed =
    place.ledger !== undefined || (place.data === undefined && Boolean(environment['LEDGER_URL']))
  return isNamed || existsSync(path.join(place.data ?? DATA_FOLDER, 'ledger.db'))
}

/** The key of a data folder. Throws Error when it has none. */
export async function ledgerKey(folder: string): Promise<string> {
  const { key } = await toldBy(folder)
  if (key !== undefined) return key
  throw new Error(
    `no ledger key in ${folder}: set LEDGER_KEY, or name the data folder of npm start with --data`,
  )
}

function addressIn(folder: string): string {
  const file = path.join(folder, 'ledger.db')
  if (existsSync(file)) return `sqlite:${file}`
  throw new Error(`no ledger at ${file}: run npm start first, name its folder with --data, or set LEDGER_URL`)
}

const Instance = z.object({ crm: z.url() })

async function toldBy(folder: string): Promise<{ readonly key?: string; readonly crmUrl?: string }> {
  const [key, instance] = await Promise.all(
    ['ledger.key', 'instance.json'].map((name) => readIfThere(path.join(folder, name))),
  )
  const crmUrl = instance === undefined ? undefined : Instance.safeParse(JSON.parse(instance)).data?.crm
  return { ...(key !== undefined && { key }), ...(crmUrl !== undefined && { crmUrl }) }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
