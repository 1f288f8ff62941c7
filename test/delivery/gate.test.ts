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

  it('locked for one password is locked anew for another one that is refused, and not written twice for the same', async () => {
    const { worker, store, pass } = await setUp(on)
    await worker('old').lock()
    await worker('new').lock()
    pass(1_000)
    const writes = vi.spyOn(store, 'replace')
    await worker('new').lock()
    expect(writes).not.toHaveBeenCalled()
    expect(await worker().state()).toMatchObject({ breaker: { state: 'locked', credentials: 'new' } })
  })

  it('opens when the CRM answers, though with an error, and says who opened it', async () => {
    const { worker } = await setUp(on)
    const gate = worker()
    expect(await gate.answered()).toBe(false)
    await failing(gate)
    expect(await gate.answered()).toBe(true)
    expect(await isOpen(gate)).toBe(true)
    await failing(gate)
    expect([await gate.succeeded(), await gate.succeeded()]).toEqual([true, false])
  })

  it('is opened once, whoever else knows it closed', async () => {
    const { worker } = await setUp(on)
    const [one, other, third] = [worker(), worker(), worker()]
    await failing(one)
    await Promise.all([other.state(), third.state()])
    expect(await one.succeeded()).toBe(true)
    expect([await other.succeeded(), await third.answered()]).toEqual([false, false])
    expect(await isOpen(third)).toBe(true)
  })

  it('an answer with an error leaves a lock alone, and counts the failures anew', async () => {
    const { worker } = await setUp(on)
    const gate = worker()
    await failing(gate, 2)
    await gate.answered()
    await failing(gate, 2)
    expect(await isOpen(gate)).toBe(true)
    await gate.lock()
    expect(await gate.answered()).toBe(false)
    expect(await isOpen(gate)).toBe(false)
  })

  it('says who closed it, and stays as it is when others fail as well', async () => {
    const { worker, pass } = await setUp(on)
    const [one, other] = [worker(), worker()]
    expect([await one.failed(), await one.failed(), await one.failed()]).toEqual([false, false, true])
    const { breaker } = await one.state()
    pass(100)
    expect([await other.failed(), await other.failed(), await other.failed()]).toEqual([false, false, false])
    expect((await other.state()).breaker).toEqual(breaker)
  })

  it('names when it may be asked again: at the next probe, or in a minute if people paused it', async () => {
    const { worker, store } = await setUp(on)
    const gate = worker()
    await failing(gate)
    const probeAt = store.now() + 750
    expect(await gate.admit('contact')).toEqual({ admitted: false, code: 'crm-unavailable', until: probeAt })
    await gate.pause()
    expect(await gate.admit('contact')).toEqual({
      admitted: false,
      code: 'paused',
      until: store.now() + MINUTE_MS,
    })
  })

  it('admits its probe at the very moment it is due, and then waits twice as long', async () => {
    const { worker, store, pass } = await setUp(on)
    const gate = worker()
    await failing(gate)
    pass(749)
    expect(await isOpen(gate)).toBe(false)
    pass(1)
    expect(await isOpen(gate)).toBe(true)
    expect(await gate.admit('contact')).toMatchObject({ until: store.now() + 1_500 })
  })

  it('remembers when the CRM last worked, to half a minute, and never forgets a later time', async () => {
    const { worker, store, pass } = await setUp(on)
    const gate = worker()
    const lastSuccess = async () => (await worker().state()).lastSuccessAt
    await gate.succeeded()
    const first = store.now()
    pass(29_999)
    await gate.succeeded()
    expect(await lastSuccess()).toBe(first)
    pass(1)
    await gate.succeeded()
    expect(await lastSuccess()).toBe(first + 30_000)
    await failing(gate)
    expect(await gate.succeeded()).toBe(true)
    expect(await lastSuccess()).toBe(first + 30_000)
  })

  it('that refused a probe to another tells it when the next one is due', async () => {
    const { worker, store, pass } = await setUp(on)
    const [one, other] = [worker(), worker()]
    await failing(one)
    await other.state()
    pass(800)
    await one.admit('contact')
    const { breaker } = await one.state()
    expect(await other.admit('contact')).toMatchObject({
      admitted: false,
      until: breaker.state === 'open' ? breaker.probeAt : 0,
    })
    expect(breaker).toMatchObject({ probeAt: store.now() + 1_500, waitMs: 2_000 })
  })

  it('locked or opened since a worker last looked is so for its probe as well', async () => {
    const { worker, store, pass } = await setUp(on)
    const [one, other] = [worker(), worker()]
    await failing(one)
    await other.state()
    pass(800)
    await one.lock()
    const refused = { admitted: false, code: 'crm-unavailable', until: store.now() }
    expect(await other.admit('contact')).toEqual(refused)
    await one.resume()
    await failing(one)
    const third = worker()
    await third.state()
    pass(800)
    await one.succeeded()
    expect(await third.admit('contact')).toEqual({ admitted: true })
  })

  it('of one instance is resumed without the others', async () => {
    const { worker } = await setUp(on)
    const gate = worker()
    await gate.pause('contact')
    await gate.pause('shop')
    await gate.pause('shop')
    expect((await gate.state()).paused).toEqual({ all: false, instances: ['contact', 'shop'] })
    await gate.resume('contact')
    expect((await gate.state()).paused).toEqual({ all: false, instances: ['shop'] })
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
      await gate.answered()
      pass(100)
    }
    expect(reads).toHaveBeenCalledTimes(2)
  })
})
