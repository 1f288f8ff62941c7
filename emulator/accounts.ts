export type User = { readonly logon: string; readonly password: string }
export type LogonResult =
  | { readonly result: 'accepted'; readonly userId: number }
  | { readonly result: 'wrong' | 'locked' }

type Account = { readonly userId: number; password: string; failures: number }

/** Wrong passwords in a row after which an account is locked. Sage CRM locks accounts; the number is ours. */
export const MAX_FAILURES = 5

/** Who may log on. A locked account refuses the right password too, until it is unlocked. */
export class Accounts {
  readonly #accounts: ReadonlyMap<string, Account>

  constructor(users: readonly (User & { readonly userId: number })[]) {
    this.#accounts = new Map(
      users.map(({ logon, password, userId }) => [logon.toLowerCase(), { userId, password, failures: 0 }]),
    )
  }

  logOn(logon: string, password: string): LogonResult {
    const account = this.#accounts.get(logon.toLowerCase())
    if (account === undefined) return { result: 'wrong' }
    if (account.failures >= MAX_FAILURES) return { result: 'locked' }
    account.failures = account.password === password ? 0 : account.failures + 1
    return account.failures === 0 ? { result: 'accepted', userId: account.userId } : { result: 'wrong' }
  }

  /** Each returns false when there is no such account. */
  setPassword(logon: string, password: string): boolean {
    return this.#change(logon, (account) => {
      account.password = password
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
