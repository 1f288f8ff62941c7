import { describe, expect, it } from 'vitest'
import { type Claim, claimSubject } from '../../lib/delivery/claim.ts'
import { FencedOffError } from '../../lib/delivery/ledger.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { LEDGER_STORES, steppedStore } from '../support/ledger-stores.ts'

const LEASE_MS = 10_000
const bound = { state: 'bound', resource: 'Cases', id: '7', adopted: false } as const
const intent = { state: 'intent', marker: 'sfx', sendBy: 1 } as const

async function claimed(store: Store, subject = 's'): Promise<Claim> {
  const result = await claimSubject(store, subject, LEASE_MS)
  if (result.state !== 'claimed') throw new Error('the subject is busy')
  return result.claim
}

describe.each(LEDGER_STORES)('a claim on $name', (on) => {
  it('is given to one of many workers', async () => {
    const { store } = await steppedStore(on)
    const all = await Promise.all(Array.from({ length: 10 }, () => claimSubject(store, 's', LEASE_MS)))
    expect(all.filter((one) => one.state === 'claimed')).toHaveLength(1)
  })

  it('knows when its subject was born, whoever has it', async () => {
    const { store, advance } = await steppedStore(on)
    const first = await claimed(store)
    const bornAt = store.now()
    await first.giveBack()
    advance(1_000)
    expect([first.bornAt, (await claimed(store)).bornAt]).toEqual([bornAt, bornAt])
  })

  it('passes to another worker when the lease has run out, and the first can write no more', async () => {
    const { store, advance } = await steppedStore(on)
    const first = await claimed(store)
    advance(LEASE_MS + 1)
    const second = await claimed(store)
    await expect(first.write({ case: bound })).rejects.toThrow(FencedOffError)
    await expect(first.giveBack({ eventId: 'e', view: first.view })).rejects.toThrow(FencedOffError)
    await second.write({ case: bound })
    expect(second.entry('case')).toEqual(bound)
  })

  it('shows noted entries at once and stores them with the next write', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    claim.note({ case: bound })
    expect(claim.entry('case')).toEqual(bound)
    await claim.write({ note: intent })
    await claim.giveBack()
    const next = await claimed(store)
    expect([next.entry('case'), next.entry('note')]).toEqual([bound, intent])
  })

  it('keeps noted entries when it is released, and forgets those noted as null', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    await claim.write({ case: intent, note: intent })
    claim.note({ case: bound, note: null })
    expect(claim.latestSendBy()).toBeUndefined()
    await claim.giveBack()
    const next = await claimed(store)
    expect([next.entry('case'), next.entry('note')]).toEqual([bound, undefined])
  })

  it('knows the latest send-by of the intents that are open', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    await claim.write({ a: { ...intent, sendBy: 5 }, b: { ...intent, sendBy: 9 }, c: bound })
    expect(claim.latestSendBy()).toBe(9)
  })

  it('is given back together with what came of its event, and not without the claim', async () => {
    const { store, advance } = await steppedStore(on)
    await store.putIfAbsent('event#e', { value: 'received' })
    const change = { key: 'event#e', version: 1, write: { value: 'done' } }
    const late = await claimed(store)
    advance(LEASE_MS + 1)
    const claim = await claimed(store)
    await expect(late.giveBack(undefined, change)).rejects.toThrow(FencedOffError)
    expect([(await store.get('event#e'))?.value, late.isGivenBack]).toEqual(['received', false])
    expect(await claim.giveBack({ eventId: 'e', view: claim.view }, change)).toBe(2)
    expect([(await store.get('event#e'))?.value, claim.isGivenBack]).toEqual(['done', true])
    expect((await claimed(store)).contains('e')).toBe(true)
  })

  it('that is given back writes only what came of its event, once that is known anew', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    await store.putIfAbsent('event#e', { value: 'received' })
    const change = { key: 'event#e', version: 7, write: { value: 'done' } }
    expect(await claim.giveBack(undefined, change)).toBeUndefined()
    const next = await claimed(store)
    expect(await claim.giveBack(undefined, { ...change, version: 1 })).toBe(2)
    await expect(next.write({ case: bound })).resolves.toBeUndefined()
  })

  it('remembers the events that were applied', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    await claim.giveBack({ eventId: 'event-1', view: claim.view })
    const next = await claimed(store)
    expect([next.contains('event-1'), next.contains('event-2')]).toEqual([true, false])
  })

  it('is void under a new epoch of the store, whatever its lease says', async () => {
    const open = () => openSqliteStore({ file: ':memory:', synchronous: 'normal', soleWorker: true })
    const before = open()
    await claimSubject(before, 's', LEASE_MS)
    const item = await before.get('subject#s')
    const after = open()
    await after.putIfAbsent('subject#s', { value: item?.value })
    expect((await claimSubject(after, 's', LEASE_MS)).state).toBe('claimed')
    await Promise.all([before.close(), after.close()])
  })
})
