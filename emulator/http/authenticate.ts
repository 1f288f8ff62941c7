import type { Accounts, Denial } from '../accounts.ts'
import type { Access } from '../records/access.ts'
import { Refusal } from '../refusal.ts'

const REASONS: Readonly<Record<Denial | 'missing', string>> = {
  missing: 'a user name and password, or the SID of a session, are needed',
  wrong: 'the user name or password is wrong',
  locked: 'the account is locked after too many wrong passwords',
  expired: 'the password has expired',
  disabled: 'the account is disabled',
  resource: 'a resource has no access',
  'no-session': 'there is no session with this SID',
}

export type Identity = { readonly userId: number; readonly access: Access }

/**
 * Whose request this is, by the SID of a session or by HTTP Basic.
 * @throws Refusal 401 with WWW-Authenticate
 */
export function authenticate(
  authorization: string | undefined,
  sid: string | undefined,
  accounts: Accounts,
): Identity {
  const logon = sid === undefined ? basicLogon(authorization, accounts) : accounts.resume(sid)
  if (logon.result !== 'accepted') throw unauthorised(logon.result)
  return logon
}

function basicLogon(authorization: string | undefined, accounts: Accounts) {
  const credentials = basicCredentials(authorization)
  if (credentials === undefined) throw unauthorised('missing')
  return accounts.logOn(credentials.user, credentials.password)
}

type Credentials = { readonly user: string; readonly password: string }

let last: { readonly authorization: string; readonly credentials: Credentials | undefined } | undefined

/** A client sends the same header with every request, so the last one is not read again. */
function basicCredentials(authorization = ''): Credentials | undefined {
  if (last?.authorization !== authorization)
    last = { authorization, credentials: readCredentials(authorization) }
  return last.credentials
}

function readCredentials(authorization: string): Credentials | undefined {
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
