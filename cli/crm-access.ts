import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import integration from '../integration.config.ts'
import type { ConnectionOptions } from '../lib/crm/connection.ts'
import { withStage } from './stage.ts'

export type CrmAccess = ConnectionOptions & (typeof integration)['crm']

export const NO_CRM = 'set CRM_URL, CRM_USER and CRM_PASSWORD'

const REQUEST_TIMEOUT_MS = 30_000

/**
 * How to reach the CRM: CRM_URL or `--crm`, CRM_USER, CRM_PASSWORD and CRM_CA_FILE of the environment or of a file .env,
 * and what integration.config.ts says about it. undefined when there is no address.
 * With `--stage` that of a deployed stage, whose password is read for it.
 * @param own another CRM that is to be used instead
 * @throws Error when there is an address and no user
 */
export async function crmAccess(
  { crm, stage }: { readonly crm?: string; readonly stage?: string },
  given: NodeJS.ProcessEnv,
  own?: Pick<CrmAccess, 'baseUrl' | 'credentials'>,
): Promise<CrmAccess | undefined> {
  const settings = { ...integration.crm, requestTimeoutMs: REQUEST_TIMEOUT_MS }
  if (own !== undefined) return { ...settings, ...own }
  if (existsSync('.env')) process.loadEnvFile('.env')
  const {
    CRM_URL,
    CRM_USER,
    CRM_PASSWORD = '',
    CRM_CA_FILE,
  } = await withStage(stage, given, ['CRM_PASSWORD'])
  const baseUrl = crm || CRM_URL
  if (!baseUrl) return undefined
  if (!CRM_USER) throw new Error(NO_CRM)
  const credentials = { user: CRM_USER, password: CRM_PASSWORD }
  const ca = !CRM_CA_FILE ? {} : { ca: await readFile(CRM_CA_FILE, 'utf8') }
  return { ...settings, ...ca, baseUrl, credentials }
}
