import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pullPrototypes } from '../cli/prototypes.ts'
import { createCrmClient } from '../lib/crm/client.ts'
import { CrmCredentialsError } from '../lib/crm/errors.ts'
import { loadEntity } from '../lib/crm/prototypes/snapshot.ts'
import type { CrmConnection } from './functions-environment.ts'

const TIMEOUT_MS = 30_000
const ASK_AGAIN_MS = 10_000

/** User and password of a real CRM: from the environment or the git-ignored `.env`, never from arguments. */
export function credentials(): { user: string; password: string } {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { CRM_USER, CRM_PASSWORD = '' } = process.env
  if (CRM_USER === undefined || CRM_USER === '') {
    throw new Error('a real CRM needs CRM_USER and CRM_PASSWORD, in the environment or in a file .env')
  }
  return { user: CRM_USER, password: CRM_PASSWORD }
}

/**
 * Pulls the CRM's own prototypes into the data folder, again and again until it answers; nothing is written to the CRM
 * before that. Wrong credentials end it at once, because every further try could lock the account.
 */
export async function pullUntilThere(
  url: string,
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const client = createCrmClient({
    baseUrl: url,
    ...credentials(),
    requestTimeoutMs: TIMEOUT_MS,
    entities: loadEntity,
  })
  try {
    for (;;) {
      const failure = await pullPrototypes(client, folder).catch((error: unknown) => error)
      if (failure === undefined) return say('prototypes pulled from the CRM')
      if (failure instanceof CrmCredentialsError) return say(`the CRM refuses the user: ${failure.message}`)
      say(`prototypes not pulled yet: ${failure instanceof Error ? failure.message : failure}`)
      await sleep(ASK_AGAIN_MS, undefined, { ref: false })
    }
  } finally {
    client.close()
  }
}

export async function realCrm(
  url: string,
  data: string,
): Promise<CrmConnection & { readonly prototypes: string }> {
  const prototypes = path.join(data, 'prototypes')
  await mkdir(prototypes, { recursive: true })
  return { url, ...credentials(), prototypes }
}
