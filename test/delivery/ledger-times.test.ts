import { describe, expect, it } from 'vitest'
import { FencedOffError, Ledger, type StoredEvent } from '../../lib/delivery/ledger.ts'
import { writeInOrder } from '../../lib/delivery/store/in-order.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const verified = { headers: {}, payload: { text: 'Forty routers, please.' } }
const reason = { code: 'crm-busy', message: 'busy' }
const attempt = { at: 0, ms: 1, outcome: 'x', calls: [] }

async function setUp(on: LedgerStore) {
  const { store, advance } = await steppedStore(on)
  const ledger = new Ledger(store, { payloadDays: 30 })
  const record = async (id: string, keep?: true) => {
    const event = { id, instance: 'contact', subject: id, verified, ...(keep && { keep }) }
    return (await ledger.record(event, [])).event
  }
  const wakeAt = async (id: string) => (await store.get(`event#${id}`))?.wakeAt
  return { ledger, store, advance, record, wakeAt }
}

describe.each(LEDGER_STORES)('an event in the ledger on $name', (on) => {
  it('is new although its receipt is there already: whoever stored that died before it was recorded', async () => {
    const { ledger, store, record } = await setUp(on)
    await writeInOrder(store, [await ledger.receipts.toPut('a', verified)])
    expect(await record('a')).toMatchObject({ version: 1, record: { state: 'received' } })
    expect((await ledger.load('a'))?.record.state).toBe('received')
  })

  it('that goes while it is sent again is an error, so that the sender tries again', async () => {
    const { ledger, record } = await setUp(on)
    await record('a')
    ledger.load = async () => undefined
    await expect(record('a')).rejects.toThrow(new FencedOffError('event a expired while it was recorded'))
  })

  it('is looked at again 15 seconds after it was recorded', async () => {
    const { record, store, wakeAt } = await setUp(on)
    const { record: event } = await record('a')
    expect([event.receivedAt, await wakeAt('a')]).toEqual([store.now(), store.now() + 15_000])
    expect(event).toMatchObject({ payload: 0, attempts: 0, deferrals: 0, history: [] })
  })

  it('wakes half a minute after the message for it should have come; without a message when it is due', async () => {
    const { record, ledger, store, wakeAt } = await setUp(on)
    const now = store.now()
    const wait = { reason, burns: true }
    const first = await ledger.wait(await record('a'), {
      ...wait,
      by: 'message',
      notBefore: now + 15 * MINUTE_MS,
    })
    expect(await wakeAt('a')).toBe(now + 15 * MINUTE_MS + 30_000)
    const second = await ledger.wait(first, { ...wait, by: 'message', notBefore: now + 15 * MINUTE_MS + 1 })
    expect(await wakeAt('a')).toBe(now + 15 * MINUTE_MS + 1)
    const third = await ledger.wait(second, { ...wait, by: 'index', notBefore: now + 5 })
    expect([await wakeAt('a'), third.record.notBefore]).toEqual([now + 5, now + 5])
  })

  it('counts tries that burned apart from waits that did not, since the last that did', async () => {
    const { record, ledger, store } = await setUp(on)
    const wait = { reason, by: 'message', notBefore: store.now() } as const
    let event = await record('a')
    const counts: number[][] = []
    for (const burns of [false, false, true, false]) {
      event = await ledger.wait(event, { ...wait, burns })
      counts.push([event.record.attempts, event.record.deferrals])
    }
    expect(counts).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
    ])
  })

  it('keeps a run of the same error while it lasts, and the latest twelve tries', async () => {
    const { record, ledger, store } = await setUp(on)
    const streak = { on: 'create Cases 500', count: 1, since: 1 }
    const wait = { reason, by: 'message', burns: true, notBefore: store.now() } as const
    let event = await record('a')
    for (let at = 1; at <= 13; at += 1)
      event = await ledger.wait(event, { ...wait, streak }, { ...attempt, at })
    expect(event.record.streak).toEqual(streak)
    expect(event.record.history.map(({ at }) => at)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 2),
    )
    event = await ledger.wait(event, wait)
    expect([event.record.streak, event.record.history.length]).toEqual([undefined, 12])
  })

  it('forgets why it waited or was parked once it is something else', async () => {
    const { record, ledger } = await setUp(on)
    const parked = await ledger.park(await record('a'), { reason, fingerprint: 'x-1', attempt })
    expect(parked.record).toMatchObject({ state: 'parked', reason, fingerprint: 'x-1' })
    const due = await ledger.redrive(parked, 'recreate')
    expect(due.record).toMatchObject({ state: 'waiting', redriven: 'recreate', attempts: 0, deferrals: 0 })
    expect([due.record.reason, due.record.fingerprint]).toEqual([undefined, undefined])
    const done = await ledger.finish(due, { bindings: {}, attempt })
    expect(done.record).toMatchObject({ state: 'done', bindings: {} })
    expect([done.record.redriven, done.record.notBefore]).toEqual([undefined, undefined])
  })

  it('is redriven to be checked unless it is told otherwise, with no tries counted, and is due at once', async () => {
    const { record, ledger, store, wakeAt } = await setUp(on)
    const waiting = await ledger.wait(await record('a'), {
      reason,
      by: 'message',
      burns: true,
      notBefore: store.now(),
    })
    const due = await ledger.redrive(await ledger.park(waiting, { reason, fingerprint: 'x', attempt }))
    expect(due.record).toMatchObject({ attempts: 0, redriven: 'check', notBefore: store.now() })
    expect(await wakeAt('a')).toBe(store.now())
  })

  it.each(['ignored', 'stale'] as const)(
    'that is %s leaves its payload after 30 days and itself after 400',
    async (state) => {
      const { record, ledger, store, advance } = await setUp(on)
      await ledger.ignore(await record('a'), state, reason, attempt)
      expect((await ledger.load('a'))?.record).toMatchObject({ state, reason, history: [attempt] })
      advance(30 * DAY_MS - 1)
      expect(await Array.fromAsync(store.scan('receipt#'))).toHaveLength(1)
      advance(1)
      expect(await Array.fromAsync(store.scan('receipt#'))).toHaveLength(0)
      advance(370 * DAY_MS - 1)
      expect(await ledger.load('a')).toBeDefined()
      advance(1)
      expect(await ledger.load('a')).toBeUndefined()
    },
  )

  it('that is to be kept stays for good, though its payload goes', async () => {
    const { record, ledger, store, advance } = await setUp(on)
    const done = await ledger.finish(await record('a', true), { bindings: {}, attempt })
    expect(done.record.keep).toBe(true)
    advance(4_000 * DAY_MS)
    expect(await ledger.load('a')).toBeDefined()
    expect(await Array.fromAsync(store.scan('receipt#'))).toEqual([])
  })

  it('with what was fetched for it has that payload from then on, and wakes when it would have', async () => {
    const { record, ledger, store, wakeAt } = await setUp(on)
    const event = await record('a')
    const fetched = { headers: {}, payload: { text: 'fetched' } }
    await ledger.postpone(event, store.now() + MINUTE_MS)
    const after = await ledger.addFetched(event, fetched)
    expect(after.record.payload).toBe(1)
    expect(await ledger.payload(after.record)).toEqual(fetched)
    expect(await wakeAt('a')).toBe(store.now() + MINUTE_MS)
    expect(await ledger.receipts.history('a', 1)).toEqual([
      { eventId: 'a', number: 0, at: store.now(), isThere: true },
      { eventId: 'a', number: 1, at: store.now(), isThere: true, fetched: true },
    ])
  })

  it('takes nothing that was fetched for another payload, or once it is finished or gone', async () => {
    const { record, ledger, advance } = await setUp(on)
    const event = await record('a')
    const edited = await ledger.edit(event, verified, 'maeve')
    await expect(ledger.addFetched(event, verified)).rejects.toThrow(FencedOffError)
    await ledger.finish(edited, { bindings: {}, attempt })
    await expect(ledger.addFetched(edited, verified)).rejects.toThrow(FencedOffError)
    advance(400 * DAY_MS)
    await expect(ledger.addFetched(edited, verified)).rejects.toThrow(FencedOffError)
  })

  it('has its reason erased and nothing else', async () => {
    const { record, ledger, store, wakeAt } = await setUp(on)
    const stale = await ledger.ignore(
      await record('done'),
      'stale',
      { code: 'stale', message: 'of Maeve' },
      attempt,
    )
    await ledger.wait(await record('waiting'), {
      reason,
      by: 'index',
      burns: false,
      notBefore: store.now() + 7,
    })
    await record('new')
    for (const id of ['done', 'waiting', 'new', 'nobody']) await ledger.eraseReason(id)
    const erased = { code: 'stale', message: 'erased' }
    expect((await ledger.load('done'))?.record).toEqual({ ...stale.record, reason: erased })
    expect((await store.get('event#done'))?.expiresAt).toBe(store.now() + 400 * DAY_MS)
    expect(await wakeAt('waiting')).toBe(store.now() + 7)
    expect((await ledger.load('new'))?.version).toBe(1)
  })

  it('is told with when it is due, while it is unfinished', async () => {
    const { record, ledger, store } = await setUp(on)
    await record('new')
    await ledger.park(await record('parked'), { reason, fingerprint: 'x', attempt })
    const entries = await Array.fromAsync(ledger.entries())
    const due = entries.map(({ record: { id }, wakeAt }) => [id, wakeAt])
    expect(Object.fromEntries(due)).toEqual({ new: store.now() + 15_000, parked: undefined })
    expect((await Array.fromAsync(ledger.events())).map(({ id }) => id).toSorted()).toEqual(['new', 'parked'])
  })
})

describe.each(LEDGER_STORES)('what is due on $name', (on) => {
  async function due(count: number) {
    const test = await setUp(on)
    const now = test.store.now()
    for (let index = 0; index < count; index += 1) {
      const event = await test.record(`e${index}`)
      await test.ledger.wait(event, { reason, by: 'index', burns: false, notBefore: now + index })
    }
    test.advance(count)
    return test
  }
  const idOf = (event: StoredEvent | undefined) => event?.record.id

  it('is listed earliest first, no more than asked for', async () => {
    const { ledger } = await due(3)
    expect((await ledger.listDue(2)).map(idOf)).toEqual(['e0', 'e1'])
  })

  it('is what the items say, though the index lags behind', async () => {
    const { ledger, store } = await due(2)
    const listed = await store.listDue(store.now(), 10)
    await ledger.postpone((await ledger.load('e0')) as StoredEvent, store.now() + 1)
    await ledger.park((await ledger.load('e1')) as StoredEvent, { reason, fingerprint: 'x', attempt })
    store.listDue = async () => listed
    expect(await ledger.listDue(10)).toEqual([])
    expect(await ledger.takeDue(10, MINUTE_MS, () => 0)).toBeUndefined()
  })

  it('is taken from where chance says, each once, and is due again after a while', async () => {
    const { ledger, advance, wakeAt, store } = await due(3)
    const take = async () => idOf(await ledger.takeDue(10, MINUTE_MS, () => 0.5))
    expect([await take(), await take(), await take(), await take()]).toEqual(['e1', 'e2', 'e0', undefined])
    expect(await wakeAt('e1')).toBe(store.now() + MINUTE_MS)
    advance(MINUTE_MS)
    expect(await take()).toBe('e1')
  })

  it('and taken may be given back', async () => {
    const { ledger, store } = await due(1)
    const taken = (await ledger.takeDue(10, MINUTE_MS, () => 0)) as StoredEvent
    expect(await ledger.postpone(taken, store.now())).toBe(true)
    expect((await ledger.listDue(10)).map(idOf)).toEqual(['e0'])
  })

  it('is looked for in a new list after eight of the old one were gone', async () => {
    const { ledger, store } = await due(12)
    const listed = await store.listDue(store.now(), 12)
    for (const { key } of listed.slice(0, 11))
      await ledger.postpone((await ledger.load(key.replace('event#', ''))) as StoredEvent, store.now() + 1)
    const fresh = store.listDue.bind(store)
    const lists = [listed]
    store.listDue = async (until, limit) => lists.shift() ?? fresh(until, limit)
    expect(idOf(await ledger.takeDue(12, MINUTE_MS, () => 0))).toBe('e11')
    expect(lists).toEqual([])
  })
})
