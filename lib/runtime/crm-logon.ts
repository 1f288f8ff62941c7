import type { Logon } from '../crm/authentication.ts'
import { NotYetError } from '../crm/journal.ts'
import type { Environment } from './env.ts'
import type { Secrets } from './secrets/secrets.ts'

const NAME = 'CRM_PASSWORD'
const ASK_AGAIN_MS = 60_000

/**
 * The user and password of the CRM. The first of two live values is the password; in the environment none is an empty one.
 * Elsewhere none means that somebody has yet to put it there: the event waits (NotYetError).
 * @param hash keyed, for the name of a password
 * @param now in ms, the ledger's time
 */
export function crmLogon(
  { CRM_USER: user, SECRETS_URL }: Pick<Environment, 'CRM_USER' | 'SECRETS_URL'>,
  secrets: Secrets,
  hash: (text: string) => string,
  now: () => number,
): Logon {
  const isEmptyAllowed = SECRETS_URL.startsWith('env:')
  return {
    user,
    async password(fresh) {
      const [password] = await secrets.read(NAME, fresh)
      if (password !== undefined) return password
      if (isEmptyAllowed) return ''
      const missing = new NotYetError('not-configured-yet', now() + ASK_AGAIN_MS)
      throw Object.assign(missing, { cause: new Error(`${NAME} is not in ${secrets.place}`) })
    },
    nameOf: (password) => hash(`${user}\n${password}`),
  }
}
