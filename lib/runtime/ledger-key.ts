import { EnvironmentError } from './env.ts'
import type { Secrets } from './secrets/secrets.ts'

const NAME = 'LEDGER_KEY'
const LEAST_CHARACTERS = 16

/**
 * The key of the HMAC that hides natural keys (names, e-mail addresses) in the ledger. It cannot be rotated: another one would
 * not find what the first has hidden.
 * @throws EnvironmentError when there is none or it is too short, StoreUnavailableError
 */
export async function ledgerKey(secrets: Secrets): Promise<string> {
  const [key] = await secrets.read(NAME)
  if (key === undefined) throw new EnvironmentError(`${NAME}: there is none in ${secrets.place}`)
  if (key.length < LEAST_CHARACTERS)
    throw new EnvironmentError(`${NAME}: at least ${LEAST_CHARACTERS} characters`)
  return key
}
