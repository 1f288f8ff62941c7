import { describe, expect, it } from 'vitest'
import { type Claim, claimSubject, loadSubject } from '../../lib/delivery/claim.ts'
import { FencedOffError } from '../../lib/delivery/ledger.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import type { Store } from '../../lib/delivery/store/store.ts'
import { LEDGER_STORES, steppedStore } from '../support/ledger-stores.ts'

const LEASE_MS = 10_000
const DAY_MS = 24 * 60 * 60_000
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

  it('knows the send-by of an update that is open as well', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    await claim.write({ a: { ...bound, updating: { sendBy: 7, sent: {} } }, b: bound })
    expect(claim.latestSendBy()).toBe(7)
  })

  it('names the steps that begin so, noted ones too, and not those that are forgotten', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    await claim.write({ 'line 1': bound, 'line 2': bound, case: bound })
    claim.note({ 'line 2': null, 'line 3': bound })
    expect(claim.names('line')).toEqual(['line 1', 'line 3'])
    expect(claim.entry('line 2')).toBeUndefined()
  })

  it('tells others until when it has the subject, and whoever comes in between to come at once', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    expect(claim.until).toBe(store.now() + LEASE_MS)
    expect(await claimSubject(store, 's', LEASE_MS)).toEqual({ state: 'busy', until: claim.until })
    await claim.giveBack()
    const busy = { state: 'busy', until: store.now() }
    const overtaken: Store = {
      ...store,
      now: () => store.now(),
      epoch: store.epoch,
      get: (key) => store.get(key),
    }
    overtaken.putIfAbsent = async () => undefined
    overtaken.replace = async () => undefined
    expect(await claimSubject(overtaken, 's', LEASE_MS)).toEqual(busy)
    expect(await claimSubject(overtaken, 'gone', LEASE_MS)).toEqual(busy)
  })

  it('ends at the instant its lease says', async () => {
    const { store, advance } = await steppedStore(on)
    await claimed(store)
    advance(LEASE_MS - 1)
    expect((await claimSubject(store, 's', LEASE_MS)).state).toBe('busy')
    advance(1)
    expect((await claimSubject(store, 's', LEASE_MS)).state).toBe('claimed')
  })

  it('says what has begun with the next write, until that is so or is dismissed', async () => {
    const { store } = await steppedStore(on)
    const begun = { snapshot: { eventId: 'new', version: 2 }, facts: [] }
    const first = await claimed(store)
    first.begin(begun)
    expect(first.view).toEqual(begun)
    await first.write({ case: intent })
    await first.giveBack()
    const second = await claimed(store)
    expect(second.view).toEqual(begun)
    second.dismiss()
    await second.giveBack()
    const third = await claimed(store)
    expect(third.view.snapshot).toBeUndefined()
    third.begin(begun)
    await third.giveBack({ eventId: 'new', view: begun })
    const record = await loadSubject(store, 's')
    expect(record).toMatchObject(begun)
    expect(record?.begun).toBeUndefined()
  })

  it('keeps what is noted while a write is under way for the next write', async () => {
    const { store } = await steppedStore(on)
    const claim = await claimed(store)
    const writing = claim.write({ case: intent })
    claim.note({ note: bound })
    await writing
    expect([claim.entry('case'), claim.entry('note')]).toEqual([intent, bound])
    expect(Object.keys((await loadSubject(store, 's'))?.journal ?? {})).toEqual(['case'])
    await claim.giveBack()
    expect(Object.keys((await loadSubject(store, 's'))?.journal ?? {})).toEqual(['case', 'note'])
  })

  it('has a greater token each time', async () => {
    const { store } = await steppedStore(on)
    const first = await claimed(store)
    await first.giveBack()
    expect((await claimed(store)).token).toBeGreaterThan(first.token)
  })

  it('leaves a subject that is forgotten after 400 days, but never while a write of it is open or none was made', async () => {
    const { store, advance } = await steppedStore(on)
    for (const subject of ['closed', 'open', 'updating']) {
      const claim = await claimed(store, subject)
      if (subject === 'open') claim.note({ case: intent })
      if (subject === 'updating') claim.note({ case: { ...bound, updating: { sendBy: 1, sent: {} } } })
      await claim.giveBack({ eventId: 'event', view: { facts: [] } })
    }
    await (await claimed(store, 'untouched')).giveBack()
    const left = async () => {
      const found = await Promise.all(
        ['closed', 'open', 'updating', 'untouched'].map((one) => loadSubject(store, one)),
      )
      return found.map((record) => record !== undefined)
    }
    advance(400 * DAY_MS - 1)
    expect(await left()).toEqual([true, true, true, true])
    advance(1)
    expect(await left()).toEqual([false, true, true, true])
  })

  it('keeps the fifty events that were applied last, each once, and what the subject contains', async () => {
    const { store } = await steppedStore(on)
    const ids = Array.from({ length: 51 }, (_, index) => `event-${index}`)
    const view = { snapshot: { eventId: 'event-50' }, facts: [{ eventId: 'event-1', name: 'paid' }] }
    for (const id of [...ids, 'event-30']) await (await claimed(store)).giveBack({ eventId: id, view: view })
    const record = await loadSubject(store, 's')
    expect(record).toMatchObject({
      ...view,
      applied: [...ids.slice(1).filter((id) => id !== 'event-30'), 'event-30'],
    })
    expect(record?.lease).toBeUndefined()
    expect((await claimed(store)).view).toMatchObject(view)
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
