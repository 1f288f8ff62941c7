import { CrmMisconfiguredError } from './errors.ts'
import type { Middleware } from './request.ts'

/** A logon of Sage CRM, or the session id (SID) of somebody who is logged on in a browser. */
export type Credentials = { readonly user: string; readonly password: string } | { readonly sid: string }

/** @throws CrmMisconfiguredError for a user name that HTTP Basic cannot carry */
export function authentication(credentials: Credentials): Middleware {
  if ('user' in credentials) return basicAuthentication(credentials)
  const { sid } = credentials
  return (request, next) => next({ ...request, query: { ...request.query, SID: sid } })
}

function basicAuthentication({ user, password }: { user: string; password: string }): Middleware {
  if (user.includes(':')) throw new CrmMisconfiguredError('the CRM user must not contain a colon')
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return (request, next) => next({ ...request, headers: { ...request.headers, authorization } })
}
