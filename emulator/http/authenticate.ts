import type { Accounts } from '../accounts.ts'
import { Refusal } from '../refusal.ts'

const REASONS = {
  missing: 'a user name and password are needed',
  wrong: 'the user name or password is wrong',
  locked: 'the account is locked after too many wrong passwords',
  expired: 'the password has expired',
} as const

/**
 * Whose request this is, by HTTP Basic.
 * @throws Refusal 401 with WWW-Authenticate
 */
export function authenticate(authorization: string | undefined, accounts: Accounts): number {
  const credentials = basicCredentials(authorization)
  if (credentials === undefined) throw unauthorised('missing')
  const logon = accounts.logOn(credentials.user, credentials.password)
  if (logon.result !== 'accepted') throw unauthorised(logon.result)
  return logon.userId
}

function basicCredentials(authorization = ''): { user: string; password: string } | undefined {
  const encoded = /^Basic\s+([\w+/=-]+)$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function unauthorised(reason: keyof typeof REASONS): Refusal {
  const diagnosis = { sdataCode: 'ApplicationDiagnosis', message: REASONS[reason] } as const
  return new Refusal(401, [diagnosis], { 'www-authenticate': 'Basic realm="Sage CRM", charset="UTF-8"' })
}
