import { randomUUID } from 'node:crypto'
import { type Access, FULL_ACCESS } from './records/access.ts'

export type User = { readonly logon: string; readonly password: string }
export type LogonResult =
  | { readonly result: 'accepted'; readonly userId: number; readonly access: Access }
  | { readonly result: Denial }
export type Denial = 'wrong' | 'locked' | 'expired' | 'disabled' | 'resource' | 'no-session'

/** What can be changed about an account from outside. */
export type AccountChange = {
  /** A new password is not expired. */
  readonly password?: string | undefined
  readonly expired?: boolean | undefined
  readonly locked?: boolean | undefined
  readonly disabled?: boolean | undefined
  /** A resource (a meeting room, a car) is a user nobody can log on as. */
  readonly resource?: boolean | undefined
  readonly access?: Access | undefined
}

type Account = {
  readonly userId: number
  password: string
  failures: number
  expired: boolean
  disabled: boolean
  resource: boolean
  access: Access
}

/** Wrong passwords in a row after which an account is locked. Sage CRM locks accounts; the number is ours. */
export const MAX_FAILURES = 5

/** Who may log on, and what each may see. A locked account refuses the right password too, until it is unlocked. */
export class Accounts {
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #sessions = new Map<string, Account>()
  readonly #locksOut: boolean

  constructor(users: readonly (User & { readonly userId: number })[], locksOut = true) {
    this.#locksOut = locksOut
    const fresh = { failures: 0, expired: false, disabled: false, resource: false, access: FULL_ACCESS }
    this.#accounts = new Map(
      users.map(({ logon, password, userId }) => [logon.toLowerCase(), { ...fresh, userId, password }]),
    )
  }

  logOn(logon: string, password: string): LogonResult {
    const account = this.#accounts.get(logon.toLowerCase())
    if (account === undefined) return { result: 'wrong' }
    if (this.#locksOut && account.failures >= MAX_FAILURES) return { result: 'locked' }
    account.failures = account.password === password ? 0 : account.failures + 1
    return account.failures > 0 ? { result: 'wrong' } : admitted(account)
  }

  /** Who the session id of a browser's logon belongs to. */
  resume(sid: string): LogonResult {
    const account = this.#sessions.get(sid)
    return account === undefined ? { result: 'no-session' } : admitted(account)
  }

  /** The id of a new session, as a browser has one after its logon; undefined when there is no such account. */
  openSession(logon: string): string | undefined {
    const account = this.#accounts.get(logon.toLowerCase())
    if (account === undefined) return undefined
    const sid = randomUUID().replaceAll('-', '')
    this.#sessions.set(sid, account)
    return sid
  }

  closeSessions(): void {
    this.#sessions.clear()
  }

  /** Returns false when there is no such account. */
  change(logon: string, { locked, password, ...more }: AccountChange): boolean {
    const account = this.#accounts.get(logon.toLowerCase())
    if (account === undefined) return false
    const given = Object.entries(more).filter(([, value]) => value !== undefined)
    if (password !== undefined) Object.assign(account, { password, expired: false })
    if (locked !== undefined) account.failures = locked ? MAX_FAILURES : 0
    Object.assign(account, Object.fromEntries(given))
    return true
  }
}

function admitted({ userId, access, disabled, resource, expired }: Account): LogonResult {
  if (disabled) return { result: 'disabled' }
  if (resource) return { result: 'resource' }
  return expired ? { result: 'expired' } : { result: 'accepted', userId, access }
}
