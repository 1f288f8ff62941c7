import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import integration from '../integration.config.ts'
import { createCrmClient } from '../lib/crm/client.ts'
import { CrmCredentialsError } from '../lib/crm/errors.ts'
import { pullPrototypes } from '../lib/crm/prototypes/pull.ts'
import { loadEntity } from '../lib/crm/prototypes/snapshot.ts'
import type { CrmConnection } from './functions-environment.ts'

export type RealCrm = CrmConnection & { readonly prototypes: string }

const TIMEOUT_MS = 30_000
const ASK_AGAIN_MS = 10_000

/**
 * How to reach a real CRM: user and password from the environment, never from arguments.
 * @throws Error naming the variable that is missing
 */
export async function realCrm(url: string, data: string, environment: NodeJS.ProcessEnv): Promise<RealCrm> {
  const { CRM_USER: user = '', CRM_PASSWORD: password = '' } = environment
  if (user === '') {
    throw new Error('a real CRM needs CRM_USER and CRM_PASSWORD, in the environment or in a file .env')
  }
  const prototypes = path.join(data, 'prototypes')
  await mkdir(prototypes, { recursive: true })
  return { url, user, password, prototypes }
}

/**
 * Pulls the CRM's own prototypes into the data folder, again and again until it answers; nothing is written to the CRM
 * before that. Wrong credentials end it at once, because every further try could lock the account.
 */
export async function pullUntilThere(crm: RealCrm, say: (line: string) => void): Promise<void> {
  const { url: baseUrl, user, password } = crm
  const client = createCrmClient({
    baseUrl,
    credentials: { user, password },
    requestTimeoutMs: TIMEOUT_MS,
    entities: loadEntity,
  })
  try {
    while (!(await pull(client, crm.prototypes, say))) await sleep(ASK_AGAIN_MS, undefined, { ref: false })
  } finally {
    client.close()
  }
}

/** Whether there is nothing more to try. */
async function pull(
  client: ReturnType<typeof createCrmClient>,
  folder: string,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    const { said } = await pullPrototypes(client, folder, integration.crm)
    for (const line of said) say(line)
    say('prototypes pulled from the CRM')
    return true
  } catch (error) {
    say(`prototypes not pulled: ${error instanceof Error ? error.message : error}`)
    return error instanceof CrmCredentialsError
  }
}
