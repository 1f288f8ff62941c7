import { describe, expect, it } from 'vitest'
import { deliver } from '../../lib/delivery/deliver.ts'
import { drain } from '../../lib/delivery/drain.ts'
import { sweepUnfinished } from '../../lib/jobs/sweep-unfinished.ts'
import { allOf, breakCrm, requestsTo } from '../support/crm.ts'
import { LEDGER_STORES, type LedgerStore } from '../support/ledger-stores.ts'
import { minute, startPipe, type TestPipe } from '../support/pipe.ts'

const AWAY = { kind: 'status', status: 503, retryAfterS: 1, when: 'before-commit' }
const FORMS = 12

const form = (index: number) => ({ name: 'Maeve Murphy', message: `Message ${index}` })

/** The CRM turns everybody away, and the forms that come in meanwhile. */
async function outage(on: LedgerStore): Promise<TestPipe> {
  const test = await startPipe({ on })
  await breakCrm(test.emulator, { times: 1_000, fault: AWAY })
  for (let index = 0; index < FORMS; index += 1) await test.submit(form(index))
  return test
}

/** As the workers do whom the messages wake. */
async function workThrough(queued: TestPipe['queued'], pipe: TestPipe['pipe']): Promise<void> {
  for (let message = queued.shift(); message !== undefined; message = queued.shift())
    await deliver(message.eventId, pipe, minute())
}

async function end({ emulator }: TestPipe): Promise<void> {
  await fetch(`${emulator.controlUrl}/faults`, { method: 'DELETE' })
}

describe.each(LEDGER_STORES)('an outage on $name', (on) => {
  it('is noticed after three tries: what comes then is stored, and the CRM is not asked', async () => {
    const { emulator, pipe, queued } = await outage(on)
    expect(await requestsTo(emulator)).toBe(3)
    const events = await Array.fromAsync(pipe.ledger.events())
    expect(events.map(({ state, attempts }) => [state, attempts])).toEqual(Array(FORMS).fill(['waiting', 0]))
    expect(queued.length).toBeLessThanOrEqual(3)
  })

  it('has one event sent as a probe by the sweeper when its time has come', async () => {
    const { pipe, queued, advance, metrics } = await outage(on)
    queued.length = 0
    expect(await sweepUnfinished(pipe, minute())).toEqual({ due: 0, sent: 0 })
    expect(metrics).toContainEqual({ name: 'crmAway', value: 1 })
    expect(metrics).toContainEqual({ name: 'passwordRefused', value: 0 })
    advance(60_000)
    expect(await sweepUnfinished(pipe, minute())).toEqual({ due: 1, sent: 1 })
    expect(queued).toHaveLength(1)
  })

  it('finds an event due whose message came while the gate was closed, although the sweeper had put it off', async () => {
    const { pipe, queued, advance } = await outage(on)
    queued.length = 0
    advance(60_000)
    await sweepUnfinished(pipe, minute())
    const sent = queued[0]?.eventId ?? ''
    const [probe] = await pipe.ledger.listDue(1)
    await deliver(probe?.record.id ?? '', pipe, minute())
    expect(await deliver(sent, pipe, minute())).toMatchObject({ reason: { code: 'crm-unavailable' } })
    const due = await pipe.ledger.listDue(FORMS)
    expect(due.map(({ record }) => record.id)).toContain(sent)
  })

  it('is over with the first probe that gets through: it wakes a worker for each slot', async () => {
    const test = await outage(on)
    const { pipe, queued, advance } = test
    await end(test)
    queued.length = 0
    advance(60_000)
    await sweepUnfinished(pipe, minute())
    expect(await deliver(queued[0]?.eventId ?? '', pipe, minute())).toMatchObject({ kind: 'done' })
    const woken = queued.slice(1)
    expect(new Set(woken.map(({ eventId }) => eventId)).size).toBe(pipe.slots.count)
    expect(woken.every(({ delayMs }) => delayMs === 0)).toBe(true)
  })

  it('is followed by each of the forms that came in meanwhile, once', async () => {
    const test = await outage(on)
    const { pipe, queued, advance } = test
    await end(test)
    queued.length = 0
    advance(60_000)
    await sweepUnfinished(pipe, minute())
    for (const { eventId } of queued) await deliver(eventId, pipe, minute())
    await drain(pipe, minute())
    await workThrough(queued, pipe)
    const events = await Array.fromAsync(pipe.ledger.events())
    expect(events.every(({ state }) => state === 'done')).toBe(true)
    expect(await allOf(test.emulator, 'Cases')).toHaveLength(FORMS)
  })

  it('leaves what people paused to itself and drains the others', async () => {
    const test = await outage(on)
    const { pipe, advance } = test
    await end(test)
    advance(60_000)
    await pipe.gate.pause('contact')
    // One has been handed to another worker.
    expect(await drain(pipe, minute())).toBe(FORMS - 1)
    await workThrough(test.queued, pipe)
    expect(await allOf(test.emulator, 'Cases')).toEqual([])
    await pipe.gate.resume()
    advance(61_000)
    await drain(pipe, minute())
    await workThrough(test.queued, pipe)
    expect(await allOf(test.emulator, 'Cases')).toHaveLength(FORMS)
  })

  it('does not begin another event when the time left is short', async () => {
    const test = await outage(on)
    await end(test)
    test.advance(60_000)
    expect(await drain(test.pipe, { remainingMs: () => 1_000 })).toBe(0)
  })

  it('is worked off by one worker after another: who runs short of time hands on what it took last', async () => {
    const test = await outage(on)
    const { pipe, queued, advance } = test
    await end(test)
    advance(60_000)
    queued.length = 0
    let checks = 0
    const remainingMs = () => (checks++ < 12 ? 60_000 : 5_000)
    expect(await drain(pipe, { remainingMs })).toBeGreaterThan(0)
    const last = await pipe.ledger.load(queued.at(-1)?.eventId ?? '')
    expect(last?.record.state).toBe('waiting')
    await drain(pipe, minute())
    await workThrough(queued, pipe)
    expect(await allOf(test.emulator, 'Cases')).toHaveLength(FORMS)
  })
})

describe.each(LEDGER_STORES)('a full house on $name', (on) => {
  it('lets a delivery wait without burning a try, and without asking the CRM', async () => {
    const { pipe, emulator, submit, untilFinished } = await startPipe({ on })
    const slots = await Promise.all(Array.from({ length: 8 }, () => pipe.slots.take(30_000)))
    const { eventId, outcome } = await submit(form(1))
    expect(outcome).toMatchObject({ kind: 'retry-later', reason: { code: 'no-slot' }, burns: false })
    expect(await requestsTo(emulator)).toBe(0)
    for (const slot of slots) await slot?.free()
    expect(await untilFinished(eventId)).toMatchObject({ kind: 'done' })
    expect((await pipe.ledger.load(eventId))?.record).toMatchObject({ attempts: 0 })
  })
})

describe.each(LEDGER_STORES)('an event the CRM always answers with the same 500 on $name', (on) => {
  it('is parked at the third time while others get through, and only then', async () => {
    const { pipe, emulator, submit, untilFinished, advance } = await startPipe({ on })
    const fault = { kind: 'status', status: 500, when: 'before-commit' }
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
    const { eventId } = await submit(form(1))
    await submit(form(2))
    for (let time = 1; time < 3; time += 1) {
      await breakCrm(emulator, { method: 'POST', resource: 'Cases', fault })
      advance(10 * 60_000)
      const { record } = (await pipe.ledger.load(eventId)) ?? {}
      expect(record?.state).toBe('waiting')
      await deliver(eventId, pipe, minute())
      advance(60_000)
      await submit(form(2 + time))
    }
    expect(await untilFinished(eventId)).toMatchObject({ kind: 'duplicate', first: { kind: 'parked' } })
    expect((await pipe.ledger.load(eventId))?.record).toMatchObject({
      reason: { code: 'crm-failing' },
      fingerprint: expect.stringMatching(/^crm-failing-/),
      attempts: 2,
    })
  })

  it('goes on being tried while the CRM works for nobody', async () => {
    const { pipe, emulator, submit, advance } = await startPipe({ on })
    const fault = { kind: 'status', status: 500, when: 'before-commit' }
    await breakCrm(emulator, { method: 'POST', resource: 'Cases', times: 9, fault })
    const { eventId } = await submit(form(1))
    for (let time = 0; time < 5; time += 1) {
      advance(3 * 60 * 60_000)
      await deliver(eventId, pipe, minute())
    }
    expect((await pipe.ledger.load(eventId))?.record.state).toBe('waiting')
  })
})
