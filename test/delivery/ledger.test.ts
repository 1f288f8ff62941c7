import { describe, expect, it } from 'vitest'
import { FencedOffError, Ledger, type StoredEvent } from '../../lib/delivery/ledger.ts'
import { unpack } from '../../lib/delivery/records.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const verified = { headers: { 'content-type': 'text/plain' }, payload: { text: 'O’Brien 😀' } }
const MINUTE_MS = 60_000
const reason = { code: 'crm-busy', message: 'busy' }

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
    const stored = await ledger.load('contact:a')
    expect(await unpack(stored?.record.receipt ?? '')).toEqual(verified)
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
    await ledger.wait(short, notBefore, reason)
    await ledger.wait(long, store.now() + 20 * MINUTE_MS, reason)
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
    const second = await ledger.wait(first, store.now(), reason)
    const third = await ledger.wait(second, store.now(), reason)
    expect(third.record).toMatchObject({ state: 'waiting', attempts: 2, reason })
  })

  it('never wakes or forgets a parked event, and redrives it with its receipt', async () => {
    const { record, ledger, advance } = await setUp(on)
    const parked = await ledger.park((await record('contact:a')).event, {
      code: 'x',
      message: 'y',
      issues: ['z'],
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
    expect(await unpack(due.record.receipt)).toEqual(verified)
  })

  it('forgets the payload of a finished event after its retention', async () => {
    const { record, ledger, advance } = await setUp(on)
    await ledger.finish((await record('contact:a')).event, {
      case: { resource: 'Cases', id: '7', adopted: false },
    })
    advance(29 * 24 * 60 * MINUTE_MS)
    expect((await ledger.load('contact:a'))?.record.bindings).toEqual({
      case: { resource: 'Cases', id: '7', adopted: false },
    })
    advance(2 * 24 * 60 * MINUTE_MS)
    expect(await ledger.load('contact:a')).toBeUndefined()
  })

  it('fences off a worker that knows an older version of the event', async () => {
    const { record, ledger, store } = await setUp(on)
    const event = (await record('contact:a')).event
    await ledger.wait(event, store.now(), reason)
    await expect(ledger.finish(event, {})).rejects.toThrow(FencedOffError)
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
