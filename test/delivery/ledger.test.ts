import { describe, expect, it } from 'vitest'
import { FencedOffError, Ledger, type StoredEvent } from '../../lib/delivery/ledger.ts'
import { PayloadGoneError } from '../../lib/delivery/receipts.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const verified = { headers: { 'content-type': 'text/plain' }, payload: { text: 'O’Brien 😀' } }
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const reason = { code: 'crm-busy', message: 'busy' }
const later = { reason, burns: true, by: 'message' } as const
const attempt = { at: 0, ms: 1, outcome: 'x', calls: [] }
const bindings = { case: { resource: 'Cases', id: '7', adopted: false } }

async function setUp(on: LedgerStore) {
  const { store, advance } = await steppedStore(on)
  const ledger = new Ledger(store, { payloadDays: 30 })
  const record = async (id: string, aliases: string[] = []) =>
    ledger.record({ id, instance: 'contact', subject: id, verified }, aliases)
  return { ledger, store, advance, record }
}

describe.each(LEDGER_STORES)('the ledger on $name', (on) => {
  it('records an event once; the same id is a duplicate of the first', async () => {
    const { record } = await setUp(on)
    expect((await record('contact:a')).state).toBe('new')
    const second = await record('contact:a')
    expect(second).toMatchObject({
      state: 'duplicate',
      event: { record: { id: 'contact:a', state: 'received' } },
    })
  })

  it('takes an event recorded under an alias for the same one', async () => {
    const { record } = await setUp(on)
    await record('contact:bucket-1')
    const second = await record('contact:bucket-2', ['contact:bucket-1'])
    expect(second).toMatchObject({ state: 'duplicate', event: { record: { id: 'contact:bucket-1' } } })
  })

  it('lets one of many simultaneous records of an id be the new one', async () => {
    const { record } = await setUp(on)
    const all = await Promise.all(Array.from({ length: 20 }, () => record('contact:a')))
    expect(all.filter((one) => one.state === 'new')).toHaveLength(1)
  })

  it('gives the receipt back as it was verified', async () => {
    const { record, ledger } = await setUp(on)
    await record('contact:a')
    const stored = (await ledger.load('contact:a')) as StoredEvent
    expect(await ledger.payload(stored.record)).toEqual(verified)
  })

  it('finds an event again that was recorded and then forgotten by a dead worker', async () => {
    const { record, ledger, advance } = await setUp(on)
    await record('contact:a')
    expect(await ledger.listDue(10)).toEqual([])
    advance(MINUTE_MS)
    expect((await ledger.listDue(10)).map(({ record }) => record.id)).toEqual(['contact:a'])
  })

  it('leaves a short wait to its message and only catches the lost message; a long wait is due by itself', async () => {
    const { record, ledger, store, advance } = await setUp(on)
    const short = (await record('contact:short')).event
    const long = (await record('contact:long')).event
    const notBefore = store.now() + 5 * MINUTE_MS
    await ledger.wait(short, { ...later, notBefore })
    await ledger.wait(long, { ...later, notBefore: store.now() + 20 * MINUTE_MS })
    advance(5 * MINUTE_MS)
    expect(await ledger.listDue(10)).toEqual([])
    advance(MINUTE_MS)
    expect((await ledger.listDue(10)).map(({ record }) => record.id)).toEqual(['contact:short'])
    advance(14 * MINUTE_MS)
    expect(await ledger.listDue(10)).toHaveLength(2)
  })

  it('counts the tries of an event that waits', async () => {
    const { record, ledger, store } = await setUp(on)
    const first = (await record('contact:a')).event
    const second = await ledger.wait(first, { ...later, notBefore: store.now() })
    const third = await ledger.wait(second, { ...later, notBefore: store.now() })
    expect(third.record).toMatchObject({ state: 'waiting', attempts: 2, reason })
  })

  it('never wakes or forgets a parked event, and redrives it with its receipt', async () => {
    const { record, ledger, advance } = await setUp(on)
    const { event } = await record('contact:a')
    const parked = await ledger.park(event, {
      reason: { code: 'x', message: 'y', issues: ['z'] },
      fingerprint: 'x-1',
      attempt,
    })
    advance(500 * 24 * 60 * MINUTE_MS)
    expect(await ledger.listDue(10)).toEqual([])
    expect((await ledger.load('contact:a'))?.record).toMatchObject({
      state: 'parked',
      reason: { issues: ['z'] },
    })
    const due = await ledger.redrive(parked)
    expect(due.record.reason).toBeUndefined()
    expect(await ledger.listDue(10)).toHaveLength(1)
    expect(await ledger.payload(due.record)).toEqual(verified)
  })

  it('forgets the payload of a finished event after its retention, and the event itself after 400 days', async () => {
    const { record, ledger, advance } = await setUp(on)
    await ledger.finish((await record('contact:a')).event, { bindings, attempt })
    advance(29 * DAY_MS)
    const kept = (await ledger.load('contact:a')) as StoredEvent
    expect(await ledger.payload(kept.record)).toEqual(verified)
    advance(2 * DAY_MS)
    await expect(ledger.payload(kept.record)).rejects.toThrow(PayloadGoneError)
    expect((await record('contact:a')).state).toBe('duplicate')
    expect((await ledger.load('contact:a'))?.record.bindings).toEqual(bindings)
    advance(370 * DAY_MS)
    expect(await ledger.load('contact:a')).toBeUndefined()
  })

  it('keeps the payload of a redriven event for as long as it takes, and says when there is none left', async () => {
    const { record, ledger, advance } = await setUp(on)
    const done = await ledger.finish((await record('contact:a')).event, { bindings, attempt })
    advance(29 * DAY_MS)
    const due = await ledger.redrive(done)
    advance(300 * DAY_MS)
    expect(await ledger.payload(due.record)).toEqual(verified)
    const again = await ledger.finish(due, { bindings, attempt })
    advance(31 * DAY_MS)
    await expect(ledger.redrive(again)).rejects.toThrow(PayloadGoneError)
  })

  it('keeps the first payload beside a corrected one, with who corrected it', async () => {
    const { record, ledger, store } = await setUp(on)
    const event = (await record('contact:a')).event
    const corrected = { headers: {}, payload: { text: 'corrected' } }
    const edited = await ledger.edit(event, corrected, 'maeve')
    expect(await ledger.payload(edited.record)).toEqual(corrected)
    expect(await ledger.receipts.read('contact:a', 0)).toEqual(verified)
    expect((await store.get('receipt#contact:a#1'))?.value).toMatchObject({ edited: { by: 'maeve' } })
    await expect(ledger.edit(event, corrected, 'other')).rejects.toThrow(FencedOffError)
  })

  it('erases what was sent, and keeps that it was', async () => {
    const { record, ledger, store } = await setUp(on)
    const event = (await record('contact:a')).event
    await ledger.receipts.erase('contact:a', event.record.payload)
    await expect(ledger.payload(event.record)).rejects.toThrow(PayloadGoneError)
    expect(JSON.stringify(await Array.fromAsync(store.scan('')))).not.toContain('Brien')
    expect((await record('contact:a')).state).toBe('duplicate')
  })

  it('fences off a worker that knows an older version of the event', async () => {
    const { record, ledger, store } = await setUp(on)
    const event = (await record('contact:a')).event
    await ledger.wait(event, { ...later, notBefore: store.now() })
    await expect(ledger.finish(event, { bindings, attempt })).rejects.toThrow(FencedOffError)
  })

  it('lets one of two sweepers move a wake-up', async () => {
    const { record, ledger, store, advance } = await setUp(on)
    await record('contact:a')
    advance(MINUTE_MS)
    const [seen] = (await ledger.listDue(10)) as [StoredEvent]
    const wakeAt = store.now() + MINUTE_MS
    const moved = await Promise.all([ledger.postpone(seen, wakeAt), ledger.postpone(seen, wakeAt)])
    expect(moved.toSorted()).toEqual([false, true])
  })
})
