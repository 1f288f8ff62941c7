import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { Slots, slotsTaken } from '../../lib/delivery/slots.ts'
import { openSqliteStore } from '../../lib/delivery/store/sqlite.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const LEASE_MS = 10_000

async function setUp(on: LedgerStore, count = 3) {
  const { store, advance } = await steppedStore(on)
  return { store, advance, worker: () => new Slots({ store, count, random: () => 0.5, sleep }) }
}

/** One slot, and nobody who waits for it ever gives up. */
async function queueing(on: LedgerStore) {
  const setup = await setUp(on, 1)
  let waiting = 0
  const forEver = () => {
    waiting += 1
    return new Promise<never>(() => undefined)
  }
  const slots = new Slots({ store: setup.store, count: 1, random: () => 0, sleep: forEver })
  const inLine = (count: number) => expect.poll(() => waiting).toBe(count)
  return { ...setup, slots, inLine }
}

describe.each(LEDGER_STORES)('the slots on $name', (on) => {
  it('are as many as there are, however many workers ask at once', async () => {
    const { worker, store } = await setUp(on)
    const taken = await Promise.all(Array.from({ length: 12 }, () => worker().take(LEASE_MS)))
    expect(taken.filter((slot) => slot !== undefined)).toHaveLength(3)
    expect(await slotsTaken(store)).toBe(3)
    await Promise.all(taken.map((slot) => slot?.free()))
    const again = await Promise.all(Array.from({ length: 12 }, () => worker().take(LEASE_MS)))
    expect(again.filter((slot) => slot !== undefined).length).toBeLessThanOrEqual(3)
    expect(again.some((slot) => slot !== undefined)).toBe(true)
  })

  it('given back are free for everybody, also for who takes it to be a little earlier', async () => {
    const { worker, advance } = await setUp(on, 1)
    await (await worker().take(LEASE_MS))?.free()
    advance(-100)
    expect(await worker().take(LEASE_MS)).toBeDefined()
  })

  it('are free again when they are given back, also for who has just found them taken', async () => {
    const { worker, advance } = await setUp(on, 1)
    const [one, other] = [worker(), worker()]
    const slot = await one.take(LEASE_MS)
    expect(await other.take(LEASE_MS)).toBeUndefined()
    await slot?.free()
    expect(await other.take(LEASE_MS)).toBeUndefined()
    advance(250)
    expect(await other.take(LEASE_MS)).toBeDefined()
  })

  it('of a dead worker are free after their lease', async () => {
    const { worker, advance } = await setUp(on, 1)
    const late = await worker().take(LEASE_MS)
    advance(LEASE_MS)
    const [next, third] = [worker(), worker()]
    expect(await next.take(LEASE_MS)).toBeDefined()
    await late?.free()
    expect(await third.take(LEASE_MS)).toBeUndefined()
  })

  it('are looked through from where chance says, once round, and not again for a quarter of a second', async () => {
    const { store } = await setUp(on)
    await Promise.all(
      [0, 1, 2].map(() => new Slots({ store, count: 3, random: () => 0, sleep }).take(LEASE_MS)),
    )
    const reads = vi.spyOn(store, 'get')
    const slots = new Slots({ store, count: 3, random: () => 0.5, sleep })
    expect([await slots.take(LEASE_MS), await slots.take(LEASE_MS)]).toEqual([undefined, undefined])
    expect(reads.mock.calls.map(([key]) => key)).toEqual(['slot#1', 'slot#2', 'slot#0'])
  })

  it('are counted by who takes them and by who asks which are free', async () => {
    const { worker, store, advance } = await setUp(on)
    const slots = worker()
    expect([await slots.free(), await slotsTaken(store)]).toEqual([3, 0])
    const slot = await slots.take(LEASE_MS)
    await slots.take(LEASE_MS)
    expect([await slots.free(), await slotsTaken(store)]).toEqual([1, 2])
    await slot?.free()
    expect([await slots.free(), await slotsTaken(store)]).toEqual([2, 1])
    advance(LEASE_MS)
    expect([await slots.free(), await slotsTaken(store)]).toEqual([3, 0])
  })

  it('cost one write when a process takes the one it had', async () => {
    const { store } = await setUp(on)
    const slots = new Slots({ store, count: 3, random: () => 0, sleep })
    await (await slots.take(LEASE_MS))?.free()
    const [reads, writes] = [vi.spyOn(store, 'get'), vi.spyOn(store, 'replace')]
    expect(await slots.take(LEASE_MS)).toBeDefined()
    expect([reads.mock.calls.length, writes.mock.calls.length]).toEqual([0, 1])
  })

  it('held by a process that is known to be dead are free at once', async () => {
    const open = () => openSqliteStore({ file: ':memory:', synchronous: 'normal', soleWorker: true })
    const [before, after] = [open(), open()]
    await new Slots({ store: before, count: 1, random: () => 0, sleep }).take(LEASE_MS)
    const item = await before.get('slot#0')
    await after.putIfAbsent('slot#0', { value: item?.value })
    expect(await new Slots({ store: after, count: 1, random: () => 0, sleep }).take(LEASE_MS)).toBeDefined()
    await Promise.all([before.close(), after.close()])
  })

  it('go to who has waited the longest for one of the same process, and a late one stands behind', async () => {
    const { slots, inLine } = await queueing(on)
    const order: string[] = []
    const use = async (name: string) => {
      const slot = await slots.take(LEASE_MS, 60_000)
      order.push(name)
      await slot?.free()
    }
    const first = await slots.take(LEASE_MS)
    const others: Promise<void>[] = []
    for (const name of ['second', 'third', 'fourth']) {
      others.push(use(name))
      await inLine(others.length)
    }
    await Promise.all([first?.free(), ...others, use('late')])
    expect(order).toEqual(['second', 'third', 'fourth', 'late'])
    expect(await slots.free()).toBe(1)
  })

  it('that are handed on are taken for as long as the next one asks', async () => {
    const { slots, inLine, worker, advance } = await queueing(on)
    const first = await slots.take(10)
    const waiting = slots.take(LEASE_MS, 60_000)
    await inLine(1)
    await first?.free()
    expect(await waiting).toBeDefined()
    advance(LEASE_MS - 1)
    expect(await worker().take(LEASE_MS)).toBeUndefined()
  })

  it('that are given back while somebody gets in line are not left lying', async () => {
    const { slots } = await queueing(on)
    const uses = Array.from({ length: 20 }, async () => {
      const slot = await slots.take(LEASE_MS, 60_000)
      await slot?.free()
      return slot
    })
    const served = await Promise.all(uses)
    expect(served.filter((slot) => slot !== undefined).length).toBeGreaterThan(0)
    expect(await slots.free()).toBe(1)
  })

  it('are waited for no longer than told, and not at all where another process has them', async () => {
    const { worker, store } = await setUp(on, 1)
    const waits: number[] = []
    const sleepless = async (ms: number) => void waits.push(ms)
    const slots = new Slots({ store, count: 1, random: () => 0, sleep: sleepless })
    const slot = await slots.take(LEASE_MS)
    expect(await slots.take(LEASE_MS, 400)).toBeUndefined()
    expect(await slots.take(LEASE_MS)).toBeUndefined()
    expect(waits).toEqual([400])
    expect(await worker().take(LEASE_MS, 60_000)).toBeUndefined()
    await slot?.free()
    expect(await slots.free()).toBe(1)
  })

  it('are not waited for by a process that has given all of its own back', async () => {
    const { store, worker } = await setUp(on, 1)
    const waits: number[] = []
    const slots = new Slots({ store, count: 1, random: () => 0, sleep: async (ms) => void waits.push(ms) })
    await (await slots.take(LEASE_MS))?.free()
    expect(await worker().take(LEASE_MS)).toBeDefined()
    expect(await slots.take(LEASE_MS, 400)).toBeUndefined()
    expect(waits).toEqual([])
  })

  it('that cannot be given back do not fail the delivery', async () => {
    const { store } = await setUp(on, 1)
    const slot = await new Slots({ store, count: 1, random: () => 0, sleep }).take(LEASE_MS)
    await store.close()
    await expect(slot?.free()).resolves.toBeUndefined()
  })
})
