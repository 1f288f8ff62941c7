import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import integration from '../integration.config.ts'
import { type CrmAccess, crmAccess, NO_CRM } from './crm-access.ts'

const Instance = z.object({
  url: z.url(),
  control: z.url(),
  crm: z.url(),
  pid: z.number(),
  demoSecrets: z.record(z.string(), z.string()).default({}),
})

/** Where the `npm start` that holds a data folder listens. Throws when none is running there. */
export async function readInstance(folder: string): Promise<z.infer<typeof Instance>> {
  try {
    return Instance.parse(JSON.parse(await readFile(path.join(folder, 'instance.json'), 'utf8')))
  } catch (cause) {
    throw new Error(`nothing is running on ${folder}: start it with npm start`, { cause })
  }
}

/** Where the `npm start` on a data folder takes commands; undefined when none is alive there. */
export async function runningControl(folder: string): Promise<string | undefined> {
  const instance = await readInstance(folder).catch(() => undefined)
  return instance !== undefined && isAlive(instance.pid) ? instance.control : undefined
}

const REQUEST_TIMEOUT_MS = 30_000

/** How to reach the CRM of the `npm start` on a data folder; the emulated one has the user admin. */
async function runningCrm(
  { data = '.data' }: { readonly data?: string },
  { CRM_USER: user = 'admin', CRM_PASSWORD: password = 'admin' }: NodeJS.ProcessEnv,
): Promise<CrmAccess | undefined> {
  const instance = await readInstance(data).catch(() => undefined)
  if (instance === undefined || !isAlive(instance.pid)) return undefined
  const credentials = { user, password }
  return { ...integration.crm, baseUrl: instance.crm, credentials, requestTimeoutMs: REQUEST_TIMEOUT_MS }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * How to reach the CRM that is named, or else that of the `npm start` on the data folder.
 * @throws Error when there is neither
 */
export async function crmAtHand(
  options: { readonly crm?: string; readonly stage?: string; readonly data?: string },
  environment: NodeJS.ProcessEnv,
): Promise<CrmAccess> {
  const access = (await crmAccess(options, environment)) ?? (await runningCrm(options, environment))
  if (access === undefined) throw new Error(NO_CRM)
  return access
}
