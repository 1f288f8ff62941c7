export type User = { readonly logon: string; readonly password: string }
export type LogonResult =
  | { readonly result: 'accepted'; readonly userId: number }
  | { readonly result: 'wrong' | 'locked' | 'expired' }

type Account = { readonly userId: number; password: string; expired: boolean; failures: number }

/** Wrong passwords in a row after which an account is locked. Sage CRM locks accounts; the number is ours. */
export const MAX_FAILURES = 5

/** Who may log on. A locked account refuses the right password too, until it is unlocked. */
export class Accounts {
  readonly #accounts: ReadonlyMap<string, Account>

  constructor(users: readonly (User & { readonly userId: number })[]) {
    this.#accounts = new Map(
      users.map(({ logon, password, userId }) => [
        logon.toLowerCase(),
        { userId, password, expired: false, failures: 0 },
      ]),
    )
  }

  logOn(logon: string, password: string): LogonResult {
    const account = this.#accounts.get(logon.toLowerCase())
    if (account === undefined) return { result: 'wrong' }
    if (account.failures >= MAX_FAILURES) return { result: 'locked' }
    account.failures = account.password === password ? 0 : account.failures + 1
    if (account.failures > 0) return { result: 'wrong' }
    return account.expired ? { result: 'expired' } : { result: 'accepted', userId: account.userId }
  }

  /** A new password is not expired. This and the next two return false when there is no such account. */
  setPassword(logon: string, password: string): boolean {
    return this.#change(logon, (account) => {
      account.password = password
      account.expired = false
    })
  }

  setExpired(logon: string, expired: boolean): boolean {
    return this.#change(logon, (account) => {
      account.expired = expired
    })
  }

  setLocked(logon: string, locked: boolean): boolean {
    return this.#change(logon, (account) => {
      account.failures = locked ? MAX_FAILURES : 0
    })
  }

  #change(logon: string, change: (account: Account) => void): boolean {
    const account = this.#accounts.get(logon.toLowerCase())
    if (account !== undefined) change(account)
    return account !== undefined
  }
}
