import { CrmCredentialsError, CrmMisconfiguredError } from './errors.ts'
import type { CrmRequest, Middleware } from './request.ts'

type Session = { readonly sid: string }
type UserAndPassword = { readonly user: string; readonly password: string }

/** A logon of Sage CRM, or the session id (SID) of somebody who is logged on in a browser. */
export type Credentials = UserAndPassword | Session

/** A logon that may change while the process lives. */
export type Logon = {
  readonly user: string
  /** `fresh`: as it is now, not as it was remembered. */
  password(fresh?: 'fresh'): Promise<string>
  /** Tells one password from another without giving it away. */
  readonly nameOf: (password: string) => string
}

/** @throws CrmMisconfiguredError for a user name that HTTP Basic cannot carry */
export function authentication(credentials: Credentials | Logon): Middleware {
  if ('sid' in credentials) return sessionAuthentication(credentials)
  if (credentials.user.includes(':')) throw new CrmMisconfiguredError('the CRM user must not contain a colon')
  if (typeof credentials.password === 'function') return logonAuthentication(credentials as Logon)
  const { user, password } = credentials as UserAndPassword
  return (request, next) => next(withBasic(request, user, password))
}

function sessionAuthentication({ sid }: Session): Middleware {
  return (request, next) => next({ ...request, query: { ...request.query, SID: sid } })
}

/**
 * A refused password is asked for anew: only when it has changed meanwhile is the request sent once more, because wrong
 * passwords lock the account. The error names the password that was refused.
 */
function logonAuthentication({ user, password, nameOf }: Logon): Middleware {
  return async (request, next) => {
    const send = async (secret: string) => {
      try {
        return await next(withBasic(request, user, secret))
      } catch (error) {
        if (error instanceof CrmCredentialsError) error.logon = nameOf(secret)
        throw error
      }
    }
    const known = await password()
    try {
      return await send(known)
    } catch (error) {
      const isRefused = error instanceof CrmCredentialsError && error.status === 401
      const current = isRefused ? await password('fresh') : known
      if (current === known) throw error
      return send(current)
    }
  }
}

function withBasic(request: CrmRequest, user: string, password: string): CrmRequest {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return { ...request, headers: { ...request.headers, authorization } }
}
