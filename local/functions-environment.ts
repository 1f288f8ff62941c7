import { randomBytes } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

export type CrmConnection = {
  readonly url: string
  readonly user: string
  readonly password: string
  /** Folder of the prototypes pulled from a real CRM; the emulator's are the committed snapshot. */
  readonly prototypes?: string
}

/** Just above the emulator's own longest request (2 s), so that a quarantine ends within 5 s. */
const EMULATOR_TIMES = {
  CRM_REQUEST_TIMEOUT_MS: '2200',
  CRM_LONGEST_REQUEST_MS: '2000',
  CRM_SEND_WINDOW_MS: '500',
}

/** The environment variables the functions run with on one machine: the same names as on AWS. */
export async function functionsEnvironment(
  folder: string,
  crm: CrmConnection,
  queue: { readonly endpoint: string; readonly url: string },
): Promise<Record<string, string>> {
  return {
    CRM_URL: crm.url,
    CRM_USER: crm.user,
    CRM_PASSWORD: crm.password,
    ...(crm.prototypes === undefined ? EMULATOR_TIMES : { CRM_PROTOTYPES_DIR: crm.prototypes }),
    LEDGER_URL: `sqlite:${path.join(folder, 'ledger.db')}`,
    LEDGER_SYNCHRONOUS: crm.prototypes === undefined ? 'normal' : 'full',
    LEDGER_SOLE_WORKER: 'true',
    LEDGER_KEY: await ledgerKey(folder),
    RETRY_QUEUE_URL: queue.url,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
}

/** Drawn once for each data folder. */
async function ledgerKey(folder: string): Promise<string> {
  const file = path.join(folder, 'ledger.key')
  try {
    return await readFile(file, 'utf8')
  } catch {
    const key = randomBytes(32).toString('base64url')
    await writeFile(file, key, { mode: 0o600 })
    await chmod(file, 0o600)
    return key
  }
}
