import { createHmac } from 'node:crypto'
import type { Ownership } from '../crm/journal.ts'
import { FencedOffError } from './ledger.ts'
import { FREE_KEY, NaturalKeyRecord } from './records.ts'
import type { Store } from './store/store.ts'

const WAIT_INLINE_MS = 1_000
/** Doubled with each look: most holders need one request, others a quarantine. */
const FIRST_POLL_MS = 25
/** Long enough for every look-up that missed the new record to have finished; afterwards the CRM is asked again. */
const EXPIRES_AFTER_MS = 24 * 60 * 60_000

/** A step of a subject. */
type Who = { readonly subject: string; readonly as: string }
type Claimant = Who & { readonly token?: number | undefined }
export type KeyHolder = Claimant & { readonly until: number }

export type NaturalKeys = {
  /** Until when another may create the record; undefined: nobody else is about to. Takes nothing and waits for nobody. */
  heldUntil(key: string, holder: Who): Promise<number | undefined>
  own(key: string, holder: KeyHolder): Promise<Ownership>
  settle(key: string, holder: Claimant, id: string | null): Promise<void>
}

/**
 * Lets one subject at a time create the record with a natural key (the company of this name, the person of this
 * e-mail). Keys are stored as HMAC-SHA256, because they are personal data.
 */
export function naturalKeys(store: Store, secret: string, sleep: (ms: number) => Promise<void>): NaturalKeys {
  return {
    heldUntil: (key, holder) => heldUntil(store, itemKey(secret, key), holder),
    own: (key, holder) => own(store, itemKey(secret, key), holder, sleep),
    settle: (key, holder, id) => settle(store, itemKey(secret, key), holder, id),
  }
}

/**
 * Forgets which record has a natural key, if nobody is about to create one. The next one who needs it asks the CRM.
 * @returns whether there was anything to forget
 */
export async function forgetNaturalKey(store: Store, secret: string, key: string): Promise<boolean> {
  const name = itemKey(secret, key)
  const item = await store.get(name)
  const holder = item && NaturalKeyRecord.parse(item.value).holder
  if (item === undefined || (holder !== undefined && holder.until > store.now())) return false
  await store.expire(name, store.now())
  return true
}

function itemKey(secret: string, key: string): string {
  return `natural#${createHmac('sha256', secret).update(key).digest('base64url')}`
}

async function own(store: Store, key: string, holder: KeyHolder, sleep: (ms: number) => Promise<void>) {
  const giveUpAt = store.now() + WAIT_INLINE_MS
  for (let pollMs = FIRST_POLL_MS; ; pollMs *= 2) {
    const ownership = await tryToOwn(store, key, holder)
    if (ownership !== undefined && ownership.state !== 'held') return ownership
    if (store.now() >= giveUpAt) return ownership ?? { state: 'held' as const, until: store.now() }
    await sleep(pollMs)
  }
}

async function heldUntil(store: Store, key: string, by: Who) {
  const item = await store.get(key)
  return otherHolder(item && NaturalKeyRecord.parse(item.value).holder, by, store.now())?.until
}

/** undefined: somebody else wrote at the same moment, look again. */
async function tryToOwn(store: Store, key: string, holder: KeyHolder): Promise<Ownership | undefined> {
  const item = await store.get(key)
  if (item === undefined) {
    const put = await store.putIfAbsent(key, heldBy(holder))
    return put === undefined ? undefined : { state: 'mine', lookAgain: false }
  }
  const record = NaturalKeyRecord.parse(item.value)
  if (record.id !== undefined) return { state: 'created', id: record.id }
  const other = otherHolder(record.holder, holder, store.now())
  if (other !== undefined) return { state: 'held', until: other.until }
  if (isOutOfDate(holder, record.holder)) throw new FencedOffError('a later claim of the subject has the key')
  const replaced = await store.replace(key, item.version, heldBy(longer(holder, record.holder)))
  if (replaced === undefined) return undefined
  return { state: 'mine', lookAgain: record.holder !== undefined && !isSame(record.holder, holder) }
}

function heldBy(holder: KeyHolder) {
  return { value: { ...FREE_KEY, holder }, expiresAt: holder.until + EXPIRES_AFTER_MS }
}

/** What an earlier claim of the same subject may still have under way is waited for. */
function longer(holder: KeyHolder, held: KeyHolder | undefined): KeyHolder {
  return held !== undefined && isSame(held, holder)
    ? { ...holder, until: Math.max(held.until, holder.until) }
    : holder
}

/** A worker that stood still while another took its subject over must neither shorten nor end what that one holds. */
function isOutOfDate(mine: Claimant, held: Claimant | undefined): boolean {
  return held !== undefined && isSame(held, mine) && (mine.token ?? 0) < (held.token ?? 0)
}

function otherHolder(held: KeyHolder | undefined, by: Who, now: number): KeyHolder | undefined {
  return held !== undefined && held.until > now && !isSame(held, by) ? held : undefined
}

function isSame(one: Who, other: Who): boolean {
  return one.subject === other.subject && one.as === other.as
}

/** Frees or fulfils the key; a key another subject, or a later claim of the same, has taken over meanwhile is left alone. */
async function settle(store: Store, key: string, by: Claimant, id: string | null) {
  const item = await store.get(key)
  if (item === undefined) return
  const { holder, id: current } = NaturalKeyRecord.parse(item.value)
  const isOurs = holder === undefined ? current !== id : holder.subject === by.subject && holder.as === by.as
  if (!isOurs || isOutOfDate(by, holder)) return
  const value: NaturalKeyRecord = id === null ? FREE_KEY : { ...FREE_KEY, id }
  const version = await store.replace(key, item.version, {
    value,
    expiresAt: store.now() + EXPIRES_AFTER_MS,
  })
  if (version === undefined && id !== null)
    throw new FencedOffError('a natural key was settled by another worker')
}
