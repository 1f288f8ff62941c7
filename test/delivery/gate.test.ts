import { describe, expect, it, vi } from 'vitest'
import { Gate } from '../../lib/delivery/gate.ts'
import { LEDGER_STORES, type LedgerStore, steppedStore } from '../support/ledger-stores.ts'

const MINUTE_MS = 60_000

async function setUp(on: LedgerStore) {
  const { store, advance } = await steppedStore(on)
  let elapsedMs = 0
  const pass = (ms: number) => {
    elapsedMs += ms
    advance(ms)
  }
  const worker = (credentials = 'right') =>
    new Gate({ store, credentials: async () => credentials, random: () => 0.5, monotonicMs: () => elapsedMs })
  return { store, pass, worker }
}

async function failing(gate: Gate, times = 3): Promise<void> {
  for (let time = 0; time < times; time += 1) await gate.failed()
}

async function isOpen(gate: Gate, instance = 'contact'): Promise<boolean> {
  return (await gate.admit(instance)).admitted
}

describe.each(LEDGER_STORES)('the gate on $name', (on) => {
  it('is open at first, and stays so while failures are single ones', async () => {
    const { worker } = await setUp(on)
    const gate = worker()
    for (let round = 0; round < 5; round += 1) {
      await failing(gate, 2)
      await gate.succeeded()
    }
    expect(await isOpen(gate)).toBe(true)
  })

  it('closes for everybody when the CRM fails three times in a row', async () => {
    const { worker, pass } = await setUp(on)
    const [one, other] = [worker(), worker()]
    expect(await isOpen(other)).toBe(true)
    await failing(one)
    expect(await one.admit('contact')).toMatchObject({ admitted: false, code: 'crm-unavailable' })
    pass(1_000)
    await one.admit('contact')
    expect(await isOpen(other)).toBe(false)
  })

  it('lets one probe through when its time has come, whoever asks', async () => {
    const { worker, pass } = await setUp(on)
    const gates = [worker(), worker(), worker(), worker()]
    await failing(gates[0] as Gate)
    pass(2_000)
    const admitted = await Promise.all(gates.map((gate) => isOpen(gate)))
    expect(admitted.filter(Boolean)).toHaveLength(1)
  })

  it('waits longer after each probe that failed, at most a minute, and opens with the one that did not', async () => {
    const { worker, pass } = await setUp(on)
    const gate = worker()
    await failing(gate)
    const waits: number[] = []
    for (let probe = 0; probe < 9; probe += 1) {
      let waitedMs = 0
      while (!(await isOpen(gate))) {
        pass(250)
        waitedMs += 250
      }
      waits.push(waitedMs)
      await gate.failed()
    }
    expect(waits).toEqual(waits.toSorted((one, other) => one - other))
    expect(waits.at(-1)).toBeLessThanOrEqual(MINUTE_MS)
    await gate.succeeded()
    expect(await isOpen(gate)).toBe(true)
  })

  it('is locked by a refused password without any probe, until the password is another one', async () => {
    const { worker, pass } = await setUp(on)
    const gate = worker('old')
    await gate.lock()
    pass(100 * MINUTE_MS)
    expect(await gate.admit('contact')).toMatchObject({ admitted: false, code: 'crm-credentials' })
    expect(await isOpen(worker('old'))).toBe(false)
    expect(await isOpen(worker('new'))).toBe(true)
    pass(1_000)
    expect(await isOpen(gate)).toBe(true)
  })

  it('stays locked when an answer that was under way comes in', async () => {
    const { worker } = await setUp(on)
    const gate = worker()
    await gate.lock()
    await gate.succeeded()
    expect(await isOpen(gate)).toBe(false)
  })

  it('is paused for one instance or for all, and resumed', async () => {
    const { worker } = await setUp(on)
    const gate = worker()
    await gate.pause('contact')
    expect([await isOpen(gate, 'contact'), await isOpen(gate, 'shop')]).toEqual([false, true])
    await gate.pause()
    expect(await isOpen(gate, 'shop')).toBe(false)
    await gate.resume('contact')
    expect(await isOpen(gate, 'contact')).toBe(false)
    await gate.resume()
    expect([await isOpen(gate, 'contact'), await isOpen(gate, 'shop')]).toEqual([true, true])
  })

  it('is read from the store once a second, not once a delivery', async () => {
    const { worker, store, pass } = await setUp(on)
    const reads = vi.spyOn(store, 'get')
    const gate = worker()
    for (let delivery = 0; delivery < 20; delivery += 1) {
      await gate.admit('contact')
      pass(100)
    }
    expect(reads).toHaveBeenCalledTimes(2)
  })
})
